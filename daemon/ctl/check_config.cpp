// wisselctl check-config FILE
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <ostream>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/secrets.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/tls_files.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

struct Findings {
  config::ConfigFaults faults;
  std::vector<std::string> notes;
};

bool needs_credentials(const config::Settings& settings) {
  const auto& secrets = settings.secrets;
  return settings.log.signing_key.credential || secrets.pseudonym_keys.credential || secrets.sealing_key.credential ||
         secrets.body_key.credential || settings.partners.key.credential || settings.outgoing.key.credential;
}

/// As the daemon will read them: certificates, keys that belong to them, CAs and CRLs.
core::Result<void> look_at_tls(const config::Settings& settings) {
  const auto files = daemon::tls_settings(settings);
  if (!files) return std::unexpected(files.error());
  const auto contexts = transport::TlsContexts::load(*files);
  if (!contexts) return std::unexpected(contexts.error());
  return {};
}

Findings look_at(const std::string& file) {
  const auto settings = config::load_settings(file);
  if (!settings) return {settings.error(), {}};
  if (needs_credentials(*settings) && !config::credentials_directory()) {
    return {{}, {"keys were not read: some are credentials, and CREDENTIALS_DIRECTORY is not set"}};
  }
  Findings out;
  if (const auto secrets = config::load_secrets(*settings); !secrets) out.faults = secrets.error();
  if (const auto tls = look_at_tls(*settings); !tls) out.faults.push_back({file, 0, 0, tls.error().detail, {}});
  return out;
}

void print_json(const std::string& file, const Findings& findings, std::ostream& out) {
  json::array faults;
  for (const auto& fault : findings.faults) {
    faults.push_back(json::object{{"file", fault.file},
                                  {"line", fault.line},
                                  {"column", fault.column},
                                  {"what", fault.what},
                                  {"allowed", fault.allowed}});
  }
  const json::object result{{"file", file},
                            {"ok", findings.faults.empty()},
                            {"faults", std::move(faults)},
                            {"notes", json::value_from(findings.notes)}};
  out << json::serialize(result) << '\n';
}

void print_text(const std::string& file, const Findings& findings, std::ostream& out) {
  for (const auto& fault : findings.faults) out << to_string(fault) << '\n';
  if (findings.faults.empty()) out << file << ": in order\n";
  for (const auto& note : findings.notes) out << "note: " << note << '\n';
}

class CheckConfig final : public Command {
 public:
  void add_options(CLI::App& app) override { app.add_option("FILE", file_, "The configuration, YAML")->required(); }

  ExitCode run(Io& io) override {
    const auto findings = look_at(file_);
    (io.json ? print_json : print_text)(file_, findings, io.out);
    return findings.faults.empty() ? ExitCode::kDone : ExitCode::kFoundWrong;
  }

 private:
  std::string file_;
};

}  // namespace

std::unique_ptr<Command> make_check_config() { return std::make_unique<CheckConfig>(); }

}  // namespace wissel::ctl
