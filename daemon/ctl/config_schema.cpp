// wisselctl config-schema
#include <memory>
#include <ostream>

#include "config/schema.hpp"
#include "daemon/ctl/commands.hpp"

namespace wissel::ctl {
namespace {

/// The schema is JSON already: --json changes nothing.
class ConfigSchema final : public Command {
 public:
  void add_options(CLI::App&) override {}
  ExitCode run(Io& io) override {
    io.out << config::config_schema();
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> make_config_schema() { return std::make_unique<ConfigSchema>(); }

}  // namespace wissel::ctl
