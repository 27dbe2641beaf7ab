#include "daemon/ctl/frame.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"

namespace wissel::ctl {
namespace {

constexpr std::string_view kFooter =
    "Exit codes: 0 done, 1 found wrong, 2 usage, 3 cannot reach.\n"
    "Each subcommand takes --json, and --help with examples.";

/// A command that stands in the command line.
struct Placed {
  CLI::App* app;
  std::unique_ptr<Command> command;
};

class Frame {
 public:
  Frame(std::span<const CommandRow> commands, std::span<const GroupRow> groups)
      : app_("Operate Wissel, the status-exchange gateway", "wisselctl") {
    app_.set_version_flag("--version", "wisselctl " WISSEL_VERSION);
    app_.require_subcommand(1);
    app_.footer(std::string(kFooter));
    for (const auto& row : commands) add(row, groups);
  }

  ExitCode run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
               const Terminal& terminal) {
    // CLI11 takes the arguments from the back.
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
      app_.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
      return app_.exit(error, out, err) == 0 ? ExitCode::kDone : ExitCode::kUsage;
    }
    Io io{out, err, json_, &app_, terminal};
    for (const auto& placed : placed_) {
      if (placed.app->parsed()) return run_one(*placed.command, io);
    }
    return ExitCode::kUsage;
  }

 private:
  static ExitCode run_one(Command& command, Io& io) {
    try {
      return command.run(io);
    } catch (const Ended& ended) {
      if (io.json && !ended.json().empty()) {
        io.out << ended.json() << '\n';
      } else {
        io.err << "wisselctl: " << ended.what() << '\n';
      }
      return ended.code();
    }
  }

  void add(const CommandRow& row, std::span<const GroupRow> groups) {
    const auto space = row.path.find(' ');
    auto* parent = &app_;
    if (space != std::string_view::npos) parent = group(row.path.substr(0, space), groups);
    const auto name = row.path.substr(space == std::string_view::npos ? 0 : space + 1);
    auto* app = parent->add_subcommand(std::string(name), std::string(row.summary));
    app->footer(std::string(row.help));
    app->add_flag("--json", json_, "Write the result as JSON");
    auto command = row.make();
    command->add_options(*app);
    placed_.push_back({app, std::move(command)});
  }

  CLI::App* group(std::string_view name, std::span<const GroupRow> groups) {
    auto& app = groups_[std::string(name)];
    if (app != nullptr) return app;
    const auto row = std::ranges::find(groups, name, &GroupRow::name);
    app = app_.add_subcommand(std::string(name), row == groups.end() ? "" : std::string(row->summary));
    app->require_subcommand(1);
    return app;
  }

  CLI::App app_;
  std::map<std::string, CLI::App*> groups_;  // owned by app_
  std::vector<Placed> placed_;
  bool json_ = false;
};

}  // namespace

ExitCode run(std::span<const CommandRow> commands, std::span<const GroupRow> groups,
             const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
             const Terminal& terminal) noexcept {
  try {
    return Frame(commands, groups).run(arguments, out, err, terminal);
  } catch (const std::exception& error) {
    err << "wisselctl: " << error.what() << '\n';
    return ExitCode::kFoundWrong;
  }
}

ExitCode run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
             const Terminal& terminal) noexcept {
  return run(command_table(), group_table(), arguments, out, err, terminal);
}

}  // namespace wissel::ctl
