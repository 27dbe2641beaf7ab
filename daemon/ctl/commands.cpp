#include "daemon/ctl/commands.hpp"

#include <vector>

namespace wissel::ctl {
namespace {

constexpr GroupRow kGroups[] = {
    {"key", "Make and look at keys"},
    {"participant", "Who takes part"},
    {"agreement", "What they agreed to exchange"},
    {"brake", "Participants that asked far more than usual"},
    {"representation", "Who may act for whom"},
    {"message", "What became of a message that you sent"},
    {"log", "Verify the processing log and look into it"},
};

constexpr CommandRow kCommands[] = {
    {"check-config", "Check a configuration file, and the files it names",
     "Reads the file as the daemon would at its start and names everything that is wrong with it, each as\n"
     "  file:line:column: what is wrong; what is allowed\n"
     "Needs no running daemon. Run it as the daemon's user to see what the daemon may read. It does not look into\n"
     "certificates and revocation lists: reload does, and takes over all or nothing.\n\n"
     "Examples:\n"
     "  sudo -u wissel wisselctl check-config /etc/wissel/wissel.yaml && systemctl reload wisseld\n"
     "  wisselctl check-config --json wissel.yaml | jq '.faults[].what'",
     make_check_config},
    {"config-schema", "Print the JSON Schema of the configuration",
     "Editors that know JSON Schema then complete keys and show what is allowed.\n\n"
     "Examples:\n"
     "  wisselctl config-schema > wissel.schema.json\n"
     "  and as the first line of wissel.yaml:  # yaml-language-server: $schema=wissel.schema.json",
     make_config_schema},
    {"completion", "Print the completion script of a shell",
     "Examples:\n"
     "  wisselctl completion bash > /etc/bash_completion.d/wisselctl\n"
     "  wisselctl completion zsh  > /usr/share/zsh/site-functions/_wisselctl\n"
     "  wisselctl completion fish > ~/.config/fish/completions/wisselctl.fish",
     make_completion},
};

}  // namespace

std::span<const CommandRow> command_table() {
  static const std::vector<CommandRow> kAll = [] {
    std::vector<CommandRow> rows;
    for (const auto part : {daemon_rows(), network_rows(), log_rows(), std::span<const CommandRow>(kCommands)}) {
      rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
  }();
  return kAll;
}

std::span<const GroupRow> group_table() { return kGroups; }

}  // namespace wissel::ctl
