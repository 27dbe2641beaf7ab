#pragma once
// What a subcommand of wisselctl is. Each has a file of its own and a row in commands.cpp.
#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string_view>

namespace CLI {
class App;
}

namespace wissel::ctl {

/// Exit codes are a contract with scripts: never renumber.
enum class ExitCode : int {
  kDone = 0,         ///< done, and nothing wrong was found
  kFoundWrong = 1,   ///< the thing looked at is not in order, or the daemon refused
  kUsage = 2,        ///< the command line is wrong
  kUnreachable = 3,  ///< the daemon, a file or a store could not be reached
};

/// What is known of the terminal; nothing in tests and pipes.
struct Terminal {
  std::istream* in = nullptr;   ///< standard input
  bool in_is_terminal = false;  ///< a person types
  std::size_t columns = 0;      ///< of standard output; 0: not a terminal, nothing is cut
  bool colour = false;
  bool progress = false;  ///< standard error is a terminal
};

/// Where a command writes: results on `out`, everything about the run itself on `err`.
struct Io {
  std::ostream& out;
  std::ostream& err;
  bool json = false;              ///< --json: exactly one JSON value on `out`
  const CLI::App* app = nullptr;  ///< the whole command line (completion reads it); set by run()
  Terminal terminal{};
};

class Command {
 public:
  virtual ~Command() = default;
  /// Adds options and arguments, bound to members. `--json` is there already.
  virtual void add_options(CLI::App& app) = 0;
  /// May throw: the frame says what and ends with kFoundWrong, or as an Ended (ended.hpp) says.
  virtual ExitCode run(Io& io) = 0;
};

/// A row of the table of subcommands.
struct CommandRow {
  std::string_view path;     ///< "check-config", "log verify"
  std::string_view summary;  ///< one line, in the list of subcommands
  std::string_view help;     ///< what it looks at, what it says, and examples
  std::unique_ptr<Command> (*make)();
};

/// The first word of subcommands that have two ("log").
struct GroupRow {
  std::string_view name;
  std::string_view summary;
};

}  // namespace wissel::ctl
