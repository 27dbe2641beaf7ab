#pragma once
// The table of subcommands, and the makers that its rows name.
#include <memory>
#include <span>

#include "daemon/ctl/command.hpp"

namespace wissel::ctl {

/// In the order of the help.
[[nodiscard]] std::span<const CommandRow> command_table();
[[nodiscard]] std::span<const GroupRow> group_table();

[[nodiscard]] std::unique_ptr<Command> make_check_config();
[[nodiscard]] std::unique_ptr<Command> make_config_schema();
[[nodiscard]] std::unique_ptr<Command> make_completion();
[[nodiscard]] std::unique_ptr<Command> make_log_verify();

}  // namespace wissel::ctl
