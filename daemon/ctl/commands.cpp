#include "daemon/ctl/commands.hpp"

namespace wissel::ctl {
namespace {

constexpr GroupRow kGroups[] = {
    {"log", "Verify the processing log and look into it"},
};

constexpr CommandRow kCommands[] = {
    {"check-config", "Check a configuration file, and the files it names",
     "Reads the file as the daemon would at its start and names everything that is wrong with it, each as\n"
     "  file:line:column: what is wrong; what is allowed\n"
     "Needs no running daemon. Run it as the daemon's user to see what the daemon may read.\n\n"
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
    {"log verify", "Verify the whole processing log in a data directory or backup",
     "Recomputes every record's commitment, every tile and the root, and holds the newest signed checkpoint against\n"
     "them. Reads only, and needs neither configuration nor daemon; a directory that a daemon uses is refused.\n"
     "Without --vkey it trusts the key in the store, and says so.\n"
     "Exit code: 0 verified, 1 a fault (the first record that does not fit is named), 3 it cannot be read.\n\n"
     "Examples:\n"
     "  wisselctl log verify /var/backups/wissel/2026-03-02 --vkey \"$(cat log.vkey)\"\n"
     "  wisselctl log verify --json /var/lib/wissel | jq .fault",
     make_log_verify},
    {"completion", "Print the completion script of a shell",
     "Examples:\n"
     "  wisselctl completion bash > /etc/bash_completion.d/wisselctl\n"
     "  wisselctl completion zsh  > /usr/share/zsh/site-functions/_wisselctl\n"
     "  wisselctl completion fish > ~/.config/fish/completions/wisselctl.fish",
     make_completion},
};

}  // namespace

std::span<const CommandRow> command_table() { return kCommands; }

std::span<const GroupRow> group_table() { return kGroups; }

}  // namespace wissel::ctl
