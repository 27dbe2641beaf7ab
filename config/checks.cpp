#include "config/checks.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "config/secrets.hpp"
#include "config/value_text.hpp"

namespace wissel::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kOinLength = 20;
// Logius, OIN-Stelsel: the prefix of OINs for tests, which nobody is given.
constexpr std::string_view kTestPrefix = "00000099";
constexpr std::size_t kNameMax = 200;

struct Rule {
  std::string_view key;  ///< the one to change
  bool (*holds)(const Settings&);
  std::string_view what;
  std::string_view allowed;
};

bool is_origin_name(const std::string& name) {
  return name.size() <= kNameMax && std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F && c != '+'; });
}

bool is_oin(std::string_view oin) {
  return oin.size() == kOinLength &&
         std::ranges::all_of(oin, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

bool fits_environment(const std::string& oin, Environment environment) {
  const bool test = oin.starts_with(kTestPrefix);
  if (environment == Environment::kProduction) return !test;
  return environment != Environment::kTest || test;
}

bool oins_are_well_formed(const Settings& s) { return std::ranges::all_of(s.bootstrap_operators, is_oin); }

bool oins_fit_environment(const Settings& s) {
  return std::ranges::all_of(s.bootstrap_operators, [&](const std::string& oin) {
    return !is_oin(oin) || fits_environment(oin, s.environment);
  });
}

bool component_names_fit(const Settings& s) {
  return std::ranges::all_of(s.logging.components, [](const auto& component) {
    const auto& name = component.first;
    return !name.empty() && name.size() <= 32 &&
           std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  });
}

/// What is put back with the store would be put back with it.
bool checkpoint_lies_apart(const Settings& s) {
  const auto from_data = s.log.checkpoint_dir.lexically_normal().lexically_relative(s.data_dir.lexically_normal());
  return from_data.empty() || *from_data.begin() == "..";
}

constexpr Rule kRules[] = {
    {"name", [](const Settings& s) { return is_origin_name(s.name); }, "name cannot stand in a checkpoint",
     "up to 200 visible ASCII characters without spaces and '+'"},
    {"bootstrap_operators", oins_are_well_formed, "bootstrap_operators holds what is not an OIN",
     "20 digits or capitals each, in quotes"},
    {"bootstrap_operators", oins_fit_environment, "bootstrap_operators holds an OIN of another environment",
     "OINs that begin with 00000099 in test and only there"},
    {"log.checkpoint_dir", checkpoint_lies_apart, "log.checkpoint_dir lies in data_dir",
     "a directory beside it: what is put back with the store tells nothing of its age"},
    {"operators.listen", [](const Settings& s) { return s.operators.allow_remote || is_loopback(s.operators.listen); },
     "operators.listen is not a loopback address, and the listener is plain HTTP",
     "127.0.0.1 or [::1], or allow_remote: true"},
    {"partners.limits.connections_per_partner_max",
     [](const Settings& s) {
       return s.partners.limits.connections_per_partner_max <= s.partners.limits.connections_max;
     },
     "partners.limits.connections_per_partner_max is above connections_max", "at most connections_max"},
    {"partners.limits.bulk_bytes_max",
     [](const Settings& s) {
       const auto& limits = s.partners.limits;
       return limits.bulk_bytes_max == 0 || limits.bulk_bytes_max >= limits.body_bytes_max;
     },
     "partners.limits.bulk_bytes_max is below body_bytes_max", "0 (unlimited), or at least body_bytes_max"},
    {"store.watermark_restrict", [](const Settings& s) { return s.store.watermark_restrict <= s.store.watermark_warn; },
     "store.watermark_restrict is above watermark_warn", "at most watermark_warn"},
    {"store.watermark_stop", [](const Settings& s) { return s.store.watermark_stop <= s.store.watermark_restrict; },
     "store.watermark_stop is above watermark_restrict", "at most watermark_restrict"},
    {"queue.batch_commands_max", [](const Settings& s) { return s.queue.batch_commands_max <= s.queue.commands_max; },
     "queue.batch_commands_max is above commands_max", "at most commands_max"},
    {"pull.wait_default", [](const Settings& s) { return s.pull.wait_default <= s.pull.wait_max; },
     "pull.wait_default is above wait_max", "at most wait_max"},
    {"push.retry_first", [](const Settings& s) { return s.push.retry_first <= s.push.retry_max; },
     "push.retry_first is above retry_max", "at most retry_max"},
    {"push.repeat_term", [](const Settings& s) { return s.push.repeat_term > s.push.expiry; },
     "push.repeat_term is not longer than expiry", "longer than expiry, so that no repeat is taken for a new message"},
    {"logging.components", component_names_fit, "logging.components holds what is not the name of a component",
     "lower-case letters and '_', such as transport"},
};

void refuse(const Settings& settings, std::string_view key, std::string what, std::string allowed,
            ConfigFaults& faults) {
  const auto at = settings.where(key);
  faults.push_back({at.file, at.line, at.column, std::move(what), std::move(allowed)});
}

void check_file(const Settings& settings, std::string_view key, const fs::path& path, ConfigFaults& faults) {
  if (path.empty()) return;  // missing, which is a fault already
  std::error_code error;
  const auto status = fs::status(path, error);
  std::string why;
  if (!fs::exists(status)) {
    why = "does not exist";
  } else if (!fs::is_regular_file(status)) {
    why = "is not a file";
  } else if (!std::ifstream(path)) {
    why = "cannot be read";
  }
  if (why.empty()) return;
  refuse(settings, key, std::string(key) + ": " + path.string() + " " + why, "a file that the daemon can read", faults);
}

void check_secret(const Settings& settings, std::string_view key, const SecretLocation& location,
                  ConfigFaults& faults) {
  if (location.name.empty() || (location.credential && !credentials_directory())) return;
  if (const auto opened = check_secret_file(location); !opened) {
    refuse(settings, key, std::string(key) + ": " + opened.error().detail, "a file that only the daemon can read",
           faults);
  }
}

}  // namespace

void fill_outgoing(Settings& settings) {
  auto& outgoing = settings.outgoing;
  const auto& partners = settings.partners;
  if (outgoing.certificate.empty()) outgoing.certificate = partners.certificate;
  if (outgoing.key.name.empty()) outgoing.key = partners.key;
  if (outgoing.ca.empty()) outgoing.ca = partners.ca;
}

void fill_checkpoint_dir(Settings& settings) {
  auto& dir = settings.log.checkpoint_dir;
  if (!dir.empty()) return;
  // "/var/lib/wissel/" and "/var/lib/wissel" are one directory.
  auto data = settings.data_dir.lexically_normal();
  if (data.filename().empty()) data = data.parent_path();
  dir = data.string() + "-checkpoint";
}

void check_together(const Settings& settings, ConfigFaults& faults) {
  for (const auto& rule : kRules) {
    if (rule.holds(settings)) continue;
    refuse(settings, rule.key, std::string(rule.what), std::string(rule.allowed), faults);
  }
  // A client certificate of its own with the key of another never works.
  const bool certificate = settings.sources.contains("outgoing.certificate");
  if (certificate != settings.sources.contains("outgoing.key")) {
    const std::string_view given = certificate ? "outgoing.certificate" : "outgoing.key";
    refuse(settings, given, std::string(given) + " is given alone", "outgoing.certificate and outgoing.key together",
           faults);
  }
}

void check_files(const Settings& settings, ConfigFaults& faults) {
  check_file(settings, "partners.certificate", settings.partners.certificate, faults);
  check_file(settings, "partners.ca", settings.partners.ca, faults);
  for (const auto& crl : settings.partners.crl) check_file(settings, "partners.crl", crl, faults);
  check_secret(settings, "partners.key", settings.partners.key, faults);
  if (settings.sources.contains("outgoing.certificate")) {
    check_file(settings, "outgoing.certificate", settings.outgoing.certificate, faults);
    check_secret(settings, "outgoing.key", settings.outgoing.key, faults);
  }
  if (settings.sources.contains("outgoing.ca")) check_file(settings, "outgoing.ca", settings.outgoing.ca, faults);
  check_secret(settings, "log.signing_key", settings.log.signing_key, faults);
  check_secret(settings, "secrets.pseudonym_keys", settings.secrets.pseudonym_keys, faults);
  check_secret(settings, "secrets.sealing_key", settings.secrets.sealing_key, faults);
  check_secret(settings, "secrets.body_key", settings.secrets.body_key, faults);
}

}  // namespace wissel::config
