#pragma once
// What a command reads besides its arguments: files, standard input, a person's yes or no.
#include <string>

#include "config/fault.hpp"
#include "daemon/ctl/command.hpp"

namespace wissel::ctl {

/// The whole of a file, or of standard input for "-", up to 256 KiB. Throws Ended: kUnreachable, kUsage.
[[nodiscard]] std::string read_input(const std::string& file, Io& io);

/// Asks on the terminal. Without one: throws Ended (kUsage) that names --yes.
[[nodiscard]] bool confirmed(const std::string& question, Io& io);

/// Throws Ended (kFoundWrong) with all of them, a line each.
[[noreturn]] void refuse_file(const config::ConfigFaults& faults);

}  // namespace wissel::ctl
