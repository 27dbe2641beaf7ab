#include "daemon/ctl/frame.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/schema.hpp"
#include "daemon/ctl/commands.hpp"

namespace wissel::ctl {
namespace {

using testing::HasSubstr;

struct Outcome {
  ExitCode code;
  std::string out;
  std::string err;
};

Outcome call(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const auto code = run(arguments, out, err);
  return {code, out.str(), err.str()};
}

TEST(Frame, HelpNamesEverySubcommand) {
  const auto help = call({"--help"});
  EXPECT_EQ(help.code, ExitCode::kDone);
  for (const auto& row : command_table()) {
    EXPECT_THAT(help.out, HasSubstr(std::string(row.path.substr(0, row.path.find(' ')))));
  }
}

TEST(Frame, EverySubcommandTeachesWithExamplesAndKnowsJson) {
  for (const auto& row : command_table()) {
    std::vector<std::string> arguments;
    std::istringstream words{std::string(row.path)};
    for (std::string word; words >> word;) arguments.push_back(word);
    arguments.emplace_back("--help");
    const auto help = call(arguments);
    EXPECT_EQ(help.code, ExitCode::kDone) << row.path;
    EXPECT_THAT(help.out, HasSubstr("Example")) << row.path;
    EXPECT_THAT(help.out, HasSubstr("--json")) << row.path;
  }
}

TEST(ManualPage, NamesEverySubcommand) {
  std::ifstream in(std::string(WISSEL_SOURCE_DIR) + "/docs/man/wisselctl.1");
  std::stringstream page;
  page << in.rdbuf();
  auto text = page.str();
  std::erase(text, '\\');  // roff writes a hyphen as \-
  for (const auto& row : command_table()) {
    const std::string path(row.path);
    EXPECT_TRUE(text.find(".B " + path) != std::string::npos || text.find("fP" + path) != std::string::npos) << path;
  }
}

TEST(Frame, FaultsOfUsageAreCode2AndGoToTheErrors) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"no-such"},
                                                    {"check-config"},
                                                    {"check-config", "a", "b"},
                                                    {"completion", "tcsh"}}) {
    const auto outcome = call(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
  }
}

class Throwing final : public Command {
 public:
  void add_options(CLI::App&) override {}
  ExitCode run(Io&) override { throw std::runtime_error("broken"); }
};

TEST(Frame, RunsSubcommandsOfTwoWordsAndSurvivesTheirExceptions) {
  const CommandRow rows[] = {
      {"log verify", "s", "h", [] { return std::unique_ptr<Command>(std::make_unique<Throwing>()); }}};
  const GroupRow groups[] = {{"log", "the log"}};
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(run(rows, groups, {"log", "verify"}, out, err), ExitCode::kFoundWrong);
  EXPECT_EQ(err.str(), "wisselctl: broken\n");
  EXPECT_EQ(run(rows, groups, {"log"}, out, err), ExitCode::kUsage);
}

TEST(CheckConfig, NamesFaultsAsTextAndAsJson) {
  const auto path = std::filesystem::path(testing::TempDir()) / "wissel-check-config-test.yaml";
  std::ofstream(path) << "environment: tets\n";
  const auto text = call({"check-config", path.string()});
  EXPECT_EQ(text.code, ExitCode::kFoundWrong);
  EXPECT_THAT(text.out, HasSubstr(path.string() + ":1:14: environment is not a known word"));
  const auto json = call({"check-config", "--json", path.string()});
  EXPECT_EQ(json.code, ExitCode::kFoundWrong);
  const auto result = boost::json::parse(json.out);
  EXPECT_FALSE(result.at("ok").as_bool());
  EXPECT_EQ(result.at("faults").as_array().size(), 10U);
  std::filesystem::remove(path);
}

TEST(CheckConfig, SaysThatAFileIsMissing) {
  const auto outcome = call({"check-config", "/nonexistent.yaml"});
  EXPECT_EQ(outcome.code, ExitCode::kFoundWrong);
  EXPECT_THAT(outcome.out, HasSubstr("No such file"));
}

TEST(ConfigSchema, IsPrinted) { EXPECT_EQ(call({"config-schema"}).out, config::config_schema()); }

TEST(Completion, NamesSubcommandsAndOptionsForEveryShell) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const auto outcome = call({"completion", shell});
    EXPECT_EQ(outcome.code, ExitCode::kDone);
    EXPECT_THAT(outcome.out, HasSubstr("check-config")) << shell;
    EXPECT_THAT(outcome.out, HasSubstr("json")) << shell;
  }
}

}  // namespace
}  // namespace wissel::ctl
