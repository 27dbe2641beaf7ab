// All key material at once, with every fault pointing at its key in the configuration.
#include <string>
#include <string_view>
#include <utility>

#include "config/secrets.hpp"
#include "core/crypto.hpp"

namespace wissel::config {
namespace {

class SecretsLoader {
 public:
  explicit SecretsLoader(const Settings& settings) : settings_(settings) {}

  std::expected<Secrets, ConfigFaults> load() {
    Secrets secrets;
    if (auto pem = read("log.signing_key", settings_.log.signing_key))
      secrets.signing_key_pem = checked_pem(*std::move(pem));
    if (const auto text = read("secrets.pseudonym_keys", settings_.secrets.pseudonym_keys)) {
      take("secrets.pseudonym_keys", parse_pseudonym_keys(text->view()), secrets.pseudonym_keys);
    }
    if (const auto text = read("secrets.sealing_key", settings_.secrets.sealing_key)) {
      take("secrets.sealing_key", parse_hex_key(text->view()), secrets.sealing_key);
    }
    if (const auto text = read("secrets.body_key", settings_.secrets.body_key)) {
      take("secrets.body_key", parse_hex_key(text->view()), secrets.body_key);
    }
    if (!faults_.empty()) return std::unexpected(std::move(faults_));
    return secrets;
  }

 private:
  std::optional<SecretBytes> read(std::string_view key, const SecretLocation& location) {
    auto bytes = read_secret(location);
    if (bytes) return *std::move(bytes);
    refuse(key, bytes.error().detail, "a file that only the daemon can read");
    return std::nullopt;
  }

  SecretBytes checked_pem(SecretBytes pem) {
    if (!core::SigningKey::from_pem(pem.view())) {
      refuse("log.signing_key", settings_.log.signing_key.name + " holds no usable key", "an Ed25519 key in PEM");
    }
    return pem;
  }

  template <class T>
  void take(std::string_view key, core::Result<T> value, T& out) {
    if (value) {
      out = *std::move(value);
    } else {
      refuse(key, value.error().detail, "text as wisseld.yaml(5) describes it");
    }
  }

  void refuse(std::string_view key, const std::string& what, std::string allowed) {
    const auto at = settings_.where(key);
    faults_.push_back({at.file, at.line, at.column, std::string(key) + ": " + what, std::move(allowed)});
  }

  const Settings& settings_;
  ConfigFaults faults_;
};

}  // namespace

std::expected<Secrets, ConfigFaults> load_secrets(const Settings& settings) { return SecretsLoader(settings).load(); }

}  // namespace wissel::config
