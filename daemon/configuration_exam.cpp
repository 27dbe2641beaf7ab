#include "daemon/configuration_exam.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "config/load.hpp"
#include "config/secrets.hpp"
#include "index/checkpoint_apart.hpp"
#include "index/exam.hpp"

namespace wissel::daemon {
namespace {

using index::Finding;
using index::Findings;
using index::Verdict;

constexpr core::Milliseconds kSoon{std::chrono::days{30}};

/// The earliest end among all certificates (or the nextUpdate among all lists) of a PEM file; nothing without any.
template <class Item, class Read, class Free, class End>
std::optional<core::Instant> earliest(const std::string& path, Read read, Free free, End end_of) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(path.c_str(), "r"), BIO_free);
  std::optional<core::Instant> out;
  while (file) {
    const std::unique_ptr<Item, Free> item(read(file.get(), nullptr, nullptr, nullptr), free);
    if (!item) break;
    std::tm parts{};
    if (ASN1_TIME_to_tm(end_of(item.get()), &parts) != 1) return std::nullopt;
    const auto end = core::from_ms(static_cast<std::int64_t>(::timegm(&parts)) * 1000);
    out = out ? std::min(*out, end) : end;
  }
  return out;
}

Finding judge_end(const std::string& path, std::string_view kind, std::optional<core::Instant> end, core::Instant now,
                  std::string_view remedy) {
  Finding out{path, std::string(kind), {}, 0, Verdict::kFine, {}, {}};
  if (!end) {
    out.verdict = Verdict::kBad;
    out.what = "cannot be read, or holds none";
    out.remedy = "PEM, readable for the daemon's user";
    return out;
  }
  out.what = "until " + core::format_rfc3339(*end);
  if (*end <= now) {
    out.verdict = Verdict::kBad;
    out.what = "ended " + core::format_rfc3339(*end);
    out.remedy = remedy;
  } else if (*end - now < kSoon) {
    out.verdict = Verdict::kWarn;
    out.what = "ends " + core::format_rfc3339(*end);
    out.remedy = remedy;
  }
  return out;
}

/// A list is short-lived by its nature: only one that is past its nextUpdate is wrong.
Finding examine_crl(const std::string& path, core::Instant now) {
  const auto next = earliest<X509_CRL>(path, &PEM_read_bio_X509_CRL, &X509_CRL_free,
                                       [](X509_CRL* crl) { return X509_CRL_get0_nextUpdate(crl); });
  auto out = judge_end(path, "revocation list", next, now, "fetch a newer one, then wisselctl reload");
  if (out.verdict == Verdict::kWarn) {
    out.verdict = Verdict::kFine;
    out.remedy.clear();
  }
  return out;
}

Finding examine_secret(const config::SecretLocation& location, std::string_view kind) {
  Finding out{location.credential ? "credential:" + location.name : location.name,
              std::string(kind),
              {},
              0,
              Verdict::kFine,
              {},
              {}};
  if (location.credential && !config::credentials_directory()) {
    out.verdict = Verdict::kNote;
    out.what = "handed to the daemon by systemd; not seen from here";
    return out;
  }
  if (const auto checked = config::check_secret_file(location); !checked) {
    out.verdict = Verdict::kBad;
    out.what = checked.error().detail;
    out.remedy = "a file that only the daemon can read (mode 0600)";
  }
  return out;
}

void add_faults(const config::ConfigFaults& faults, Findings& out) {
  for (const auto& fault : faults) {
    out.push_back({fault.file,
                   "configuration",
                   {},
                   0,
                   Verdict::kBad,
                   std::to_string(fault.line) + ":" + std::to_string(fault.column) + ": " + fault.what,
                   fault.allowed});
  }
}

bool all_keys_seen(const config::Settings& settings) {
  const auto& secrets = settings.secrets;
  const bool credentials = settings.log.signing_key.credential || secrets.pseudonym_keys.credential ||
                           secrets.sealing_key.credential || secrets.body_key.credential;
  return !credentials || config::credentials_directory().has_value();
}

}  // namespace

Finding examine_certificate(const std::string& path, std::string_view what, core::Instant now) {
  const auto end =
      earliest<X509>(path, &PEM_read_bio_X509, &X509_free, [](X509* one) { return X509_get0_notAfter(one); });
  return judge_end(path, what, end, now, "renew it, then wisselctl reload");
}

Findings examine_settings(const config::Settings& settings, core::Instant now) {
  Findings out;
  out.push_back(examine_certificate(settings.partners.certificate, "server certificate", now));
  if (settings.outgoing.certificate != settings.partners.certificate) {
    out.push_back(examine_certificate(settings.outgoing.certificate, "outgoing certificate", now));
  }
  out.push_back(examine_certificate(settings.partners.ca, "CA certificates", now));
  if (settings.outgoing.ca != settings.partners.ca) {
    out.push_back(examine_certificate(settings.outgoing.ca, "outgoing CA certificates", now));
  }
  for (const auto& crl : settings.partners.crl) out.push_back(examine_crl(crl, now));
  out.push_back(examine_secret(settings.partners.key, "server key"));
  if (settings.outgoing.key != settings.partners.key) {
    out.push_back(examine_secret(settings.outgoing.key, "outgoing key"));
  }
  out.push_back(examine_secret(settings.log.signing_key, "signing key of the log"));
  out.push_back(examine_secret(settings.secrets.pseudonym_keys, "pseudonym keys"));
  out.push_back(examine_secret(settings.secrets.sealing_key, "sealing key"));
  out.push_back(examine_secret(settings.secrets.body_key, "body key"));
  if (all_keys_seen(settings)) {
    if (const auto secrets = config::load_secrets(settings); !secrets) add_faults(secrets.error(), out);
  }
  out.push_back(index::examine_space(settings.data_dir, settings.store.watermark_warn, settings.store.watermark_stop));
  return out;
}

Findings examine_configuration(const std::string& file, core::Instant now) {
  Findings out;
  const auto settings = config::load_settings(file);
  if (!settings) {
    add_faults(settings.error(), out);
    return out;
  }
  out.push_back({file, "configuration", {}, 0, Verdict::kFine, {}, {}});
  auto more = examine_settings(*settings, now);
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return out;
}

}  // namespace wissel::daemon
