// What wisselctl shows: tables, problems, and the commands that need no network.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <string>

#include "config/secrets.hpp"
#include "core/crypto.hpp"
#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/frame.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/table.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace wissel::ctl {
namespace {

using testing::HasSubstr;

struct Outcome {
  ExitCode code;
  std::string out;
  std::string err;
};

Outcome call(const std::vector<std::string>& arguments, const Terminal& terminal = {}) {
  std::ostringstream out;
  std::ostringstream err;
  const auto code = run(arguments, out, err, terminal);
  return {code, out.str(), err.str()};
}

TEST(Table, AlignsByCodePointsAndCutsOnlyOnATerminal) {
  Table table({"A", "B"});
  table.add({"één", "x"});
  table.add({"twee maal lang", "y\x1b[31m"});
  std::ostringstream wide;
  table.print(wide, {});
  EXPECT_EQ(wide.str(), "A               B\néén             x\ntwee maal lang  y?[31m\n");
  std::ostringstream narrow;
  table.print(narrow, {.columns = 17});
  EXPECT_EQ(narrow.str(), "A          B\néén        x\ntwee maa…  y?[31m\n");
}

TEST(Printable, LeavesNothingThatSteersATerminal) {
  EXPECT_EQ(printable("a\x1b\n\x7f"), "a???");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m é"),
            "?31m é");
}

TEST(ProblemText, ShowsTitleCodeFaultsAndRemedy) {
  const auto text = problem_text(
      400,
      R"({"title":"Onbekend veld","status":400,"detail":"Zie hieronder.","code":"veld-onbekend","instance":"/v1/verwerkingen/7",)"
      R"("invalidParams":[{"name":"/kleur","code":"veld-onbekend","reason":"is onbekend"}]})");
  EXPECT_THAT(text, HasSubstr("Onbekend veld (400, veld-onbekend)\n  Zie hieronder."));
  EXPECT_THAT(text, HasSubstr("/kleur: is onbekend"));
  EXPECT_THAT(text, HasSubstr("→ "));
  EXPECT_THAT(text, HasSubstr("/v1/verwerkingen/7"));
  EXPECT_EQ(problem_text(502, "<html>"), "refused with status 502");
  EXPECT_EQ(problem_text(500, "{}"), " (500)");
}

TEST(ApiAnswer, TakesTheNextPageOfALink) {
  ApiAnswer answer;
  EXPECT_EQ(answer.next(), "");
  answer.headers["link"] = "</v1/x?na=ab>; rel=\"next\"";
  EXPECT_EQ(answer.next(), "/v1/x?na=ab");
  answer.headers["link"] = "<https://elsewhere.example/v1/x?na=ab>; rel=\"next\"";
  EXPECT_EQ(answer.next(), "/v1/x?na=ab");
  answer.headers["link"] = "<https://elsewhere.example>; rel=\"next\"";
  EXPECT_EQ(answer.next(), "/");
  answer.headers["link"] = "</v1/x>; rel=\"prev\"";
  EXPECT_EQ(answer.next(), "");
}

TEST(SizeText, UsesOneDecimalBelowAHundred) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1536), "1.5 KiB");
  EXPECT_EQ(size_text(200 * 1024), "200 KiB");
}

TEST(KeyNew, MakesKeysThatTheDaemonReadsAndNeverOverwrites) {
  const fakes::TempDir dir;
  const auto keys = dir.at("keys");
  ASSERT_EQ(call({"key", "new", keys}).code, ExitCode::kDone);
  for (const std::string name : {"log.key", "pseudonym_keys", "sealing_key", "body_key"}) {
    struct stat found{};
    ASSERT_EQ(::stat((keys + "/" + name).c_str(), &found), 0) << name;
    EXPECT_EQ(found.st_mode & 0777U, 0600U) << name;
  }
  const auto read = [&](const std::string& name) { return config::read_secret({false, keys + "/" + name}); };
  EXPECT_TRUE(core::SigningKey::from_pem(read("log.key")->view()));
  EXPECT_EQ(config::parse_pseudonym_keys(read("pseudonym_keys")->view())->size(), 1U);
  EXPECT_TRUE(config::parse_hex_key(read("sealing_key")->view()));
  EXPECT_TRUE(config::parse_hex_key(read("body_key")->view()));
  const auto again = call({"key", "new", keys});
  EXPECT_EQ(again.code, ExitCode::kFoundWrong);
  EXPECT_THAT(again.err, HasSubstr("never overwritten"));

  const auto vkey = call({"key", "vkey", keys + "/log.key", "--origin", "wissel.test/log/test"});
  EXPECT_EQ(vkey.code, ExitCode::kDone);
  EXPECT_THAT(vkey.out, HasSubstr("wissel.test/log/test+"));
  EXPECT_EQ(call({"key", "vkey", keys + "/log.key", "--origin", "a b"}).code, ExitCode::kUsage);
  EXPECT_EQ(call({"key", "vkey", keys + "/none", "--origin", "a"}).code, ExitCode::kUnreachable);
}

TEST(Daemon, NotThereIsCannotReach) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"status"}, {"reload"}, {"key", "list"}, {"backup", "/tmp/none"}}) {
    auto with_socket = arguments;
    with_socket.insert(with_socket.end(), {"--socket", "/nonexistent/control.sock"});
    const auto outcome = call(with_socket);
    EXPECT_EQ(outcome.code, ExitCode::kUnreachable);
    EXPECT_THAT(outcome.err, HasSubstr("does wisseld run?"));
  }
}

TEST(Api, WithoutATargetIsUsageAndWithoutAServerCannotReach) {
  EXPECT_EQ(call({"participant", "list", "--url", "http://x", "--ca", "a", "--cert", "b", "--key", "c"}).code,
            ExitCode::kUsage);
  EXPECT_EQ(call({"participant", "list", "--url", "https://127.0.0.1:1", "--ca", "/none", "--cert", "/none", "--key",
                  "/none"})
                .code,
            ExitCode::kUnreachable);
}

TEST(Find, TakesNoSubjectAsAnArgument) {
  EXPECT_EQ(call({"find", "--agreement", "x", "999990019"}).code, ExitCode::kUsage);
  std::istringstream nothing;
  const auto outcome = call({"find", "--agreement", "x"}, {.in = &nothing});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_THAT(outcome.err, HasSubstr("standard input"));
}

TEST(Apply, NamesTheFaultsOfAFileBeforeItReachesForWissel) {
  std::istringstream file("deelnemers: [{oin: x}]\n");
  const auto text = call({"apply", "-f", "-", "--yes"}, {.in = &file});
  EXPECT_EQ(text.code, ExitCode::kFoundWrong);
  EXPECT_THAT(text.err, HasSubstr("-:1:15: a participant's oin"));
  EXPECT_EQ(call({"apply", "-f", "/nonexistent"}).code, ExitCode::kUnreachable);
}

TEST(JsonText, ShowsValuesAsAPersonReadsThem) {
  const auto value = boost::json::parse(R"({"a":"x","b":["y",1],"c":null,"d":{"e":2}})");
  EXPECT_EQ(text_at(value, "/a"), "x");
  EXPECT_EQ(text_at(value, "/b"), "y, 1");
  EXPECT_EQ(text_at(value, "/c"), "");
  EXPECT_EQ(text_at(value, "/none"), "");
  EXPECT_EQ(number_at(value, "/d/e"), 2U);
  EXPECT_EQ(number_at(value, "/a"), 0U);
}

}  // namespace
}  // namespace wissel::ctl
