#pragma once
// Builds wisselctl's command line from the table of subcommands and runs the one that was asked for.
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "daemon/ctl/command.hpp"

namespace wissel::ctl {

/// `arguments` without the program's name. Help and version go to `out` with kDone; faults of usage to `err`.
/// Does not throw.
[[nodiscard]] ExitCode run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
                           const Terminal& terminal = {}) noexcept;

/// The same with another table (tests).
[[nodiscard]] ExitCode run(std::span<const CommandRow> commands, std::span<const GroupRow> groups,
                           const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
                           const Terminal& terminal = {}) noexcept;

}  // namespace wissel::ctl
