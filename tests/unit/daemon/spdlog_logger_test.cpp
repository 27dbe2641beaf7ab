#include "daemon/spdlog_logger.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "daemon/log_line.hpp"

namespace wissel::daemon {
namespace {

using core::LogLevel;

TEST(SpdlogLogger, WritesOneLineAnEvent) {
  std::ostringstream out;
  LogOutput output({}, out, false);
  const auto log = output.logger("transport");
  log->info("listening", {{"address", "127.0.0.1:8443"}, {"threads", 2}, {"tls12", false}, {"load", 0.5}});
  log->error("gone");
  EXPECT_THAT(out.str(), testing::MatchesRegex(
                             "[-0-9]+T[:0-9.]+Z INFO transport listening address=127.0.0.1:8443 threads=2 tls12=false "
                             "load=0.5\n[-0-9]+T[:0-9.]+Z ERROR transport gone\n"));
}

TEST(SpdlogLogger, KeepsLevelsForEachComponentAndChangesThemAtOnce) {
  std::ostringstream out;
  config::LoggingSettings settings{.format = {}, .level = LogLevel::kWarn, .components = {{"index", LogLevel::kDebug}}};
  LogOutput output(settings, out, false);
  const auto transport = output.logger("transport");
  const auto index = output.logger("index");
  EXPECT_FALSE(transport->enabled(LogLevel::kInfo));
  EXPECT_TRUE(transport->enabled(LogLevel::kWarn));
  EXPECT_TRUE(index->enabled(LogLevel::kDebug));

  settings.level = LogLevel::kInfo;
  settings.components.clear();
  output.set_levels(settings);
  EXPECT_TRUE(transport->enabled(LogLevel::kInfo));
  EXPECT_FALSE(index->enabled(LogLevel::kDebug));
  index->write(LogLevel::kDebug, "not written", {});
  EXPECT_EQ(out.str(), "");
}

TEST(SpdlogLogger, TellsJournaldThePriorityAndLeavesTheTimeToIt) {
  std::ostringstream out;
  LogOutput output({}, out, true);
  output.logger("push")->warn("slow");
  EXPECT_EQ(out.str(), "<4>WARN push slow\n");
}

TEST(SpdlogLogger, WritesJsonThatIsJson) {
  std::ostringstream out;
  LogOutput output({.format = config::LogFormat::kJson, .level = {}, .components = {}}, out, true);
  output.logger("push")->warn("slow", {{"peer", "a\"\\\n\x1b\xC3("}, {"ms", 12}, {"ok", true}});
  const auto line = boost::json::parse(out.str()).as_object();
  EXPECT_EQ(line.at("level").as_string(), "warn");
  EXPECT_EQ(line.at("component").as_string(), "push");
  EXPECT_EQ(line.at("event").as_string(), "slow");
  EXPECT_EQ(line.at("peer").as_string(), "a\"\\\n\x1b\xC3\x83(");
  EXPECT_EQ(line.at("ms").as_int64(), 12);
  EXPECT_TRUE(line.at("ok").as_bool());
  EXPECT_TRUE(line.at("time").as_string().ends_with("Z"));
}

TEST(LogLine, AValueCannotForgeALineOrAField) {
  const auto text = [](std::string_view value) { return format_text({LogLevel::kInfo, "c", "e", {{"v", value}}}); };
  EXPECT_EQ(text("a b"), R"(INFO c e v="a b")");
  EXPECT_EQ(text(""), R"(INFO c e v="")");
  EXPECT_EQ(text("x=1"), R"(INFO c e v="x=1")");
  EXPECT_EQ(text("a\nERROR c e"), R"(INFO c e v="a\nERROR c e")");
  EXPECT_EQ(text("\x1b[31m\x7f"), R"(INFO c e v="\x1b[31m\x7f")");
  EXPECT_EQ(text("\xE2\x80\xAE"), R"(INFO c e v="\xe2\x80\xae")");
  EXPECT_EQ(text("\"\\"), R"(INFO c e v="\"\\")");
}

TEST(LogLine, LongValuesAreCut) {
  const auto exact = format_text({LogLevel::kInfo, "c", "e", {{"v", std::string_view(std::string(256, 'x'))}}});
  EXPECT_EQ(exact, "INFO c e v=" + std::string(256, 'x'));
  const std::string long_value(257, 'x');
  EXPECT_EQ(format_text({LogLevel::kInfo, "c", "e", {{"v", std::string_view(long_value)}}}),
            "INFO c e v=\"" + std::string(256, 'x') + "...\"");
}

}  // namespace
}  // namespace wissel::daemon
