#include "daemon/tls_files.hpp"

#include "config/secrets.hpp"

namespace wissel::daemon {

core::Result<transport::TlsSettings> tls_settings(const config::Settings& settings) {
  auto key = config::secret_path(settings.partners.key);
  if (!key) return std::unexpected(std::move(key).error().within("partners.key"));
  auto outgoing_key = config::secret_path(settings.outgoing.key);
  if (!outgoing_key) return std::unexpected(std::move(outgoing_key).error().within("outgoing.key"));
  for (const auto* location : {&settings.partners.key, &settings.outgoing.key}) {
    if (auto checked = config::check_secret_file(*location); !checked) {
      return std::unexpected(std::move(checked).error());
    }
  }
  transport::TlsSettings out;
  out.certificate_file = settings.partners.certificate;
  out.key_file = *key;
  out.ca_file = settings.partners.ca;
  for (const auto& crl : settings.partners.crl) out.crl_files.push_back(crl);
  out.outgoing_certificate_file = settings.outgoing.certificate;
  out.outgoing_key_file = *outgoing_key;
  out.tls12 = settings.partners.tls12;
  return out;
}

}  // namespace wissel::daemon
