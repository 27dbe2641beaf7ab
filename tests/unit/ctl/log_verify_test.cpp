#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/crypto.hpp"
#include "core/log/continuity.hpp"
#include "core/log/note.hpp"
#include "core/state/machine.hpp"
#include "daemon/ctl/frame.hpp"
#include "index/rocks_store.hpp"
#include "tests/fakes/recording_logger.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace wissel::ctl {
namespace {

using testing::HasSubstr;

constexpr std::string_view kOrigin = "wissel.test/log/unit";

/// A store with a log in it, closed again.
class LogVerify : public testing::Test {
 protected:
  static core::MachineSettings settings(const core::SigningKey& key) {
    core::MachineSettings out;
    out.vkey = vkey(key);
    out.sign_checkpoint = [&key](std::uint64_t size, const core::Hash& root) {
      return core::sign_checkpoint(kOrigin, size, root, key).encode();
    };
    return out;
  }
  static std::string vkey(const core::SigningKey& key) {
    return core::VerifierKey{std::string(kOrigin), key.public_key()}.vkey();
  }

  std::unique_ptr<index::RocksStore> open() {
    index::StoreOptions options;
    options.dir = data();
    return index::open_rocks_store(options, logger).value();
  }

  void write_log(std::size_t count) {
    const auto store = open();
    const auto machine = core::Machine::load(settings(key), *store, nullptr).value();
    core::WriteBatch batch(*store);
    core::Command command;
    command.now = core::from_ms(1'700'000'000'000);
    for (std::size_t i = 0; i < count; ++i) {
      core::RecordDraft draft;
      core::random_bytes(draft.salt);
      draft.record.name = "record " + std::to_string(i);
      draft.record.end_time = command.now;
      command.records.push_back(std::move(draft));
    }
    ASSERT_TRUE(machine->apply(batch, command));
    ASSERT_TRUE(machine->finish(batch));
    ASSERT_TRUE(store->write(batch, true));
    machine->committed();
  }

  ExitCode call(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"log", "verify", data()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::ostringstream written;
    std::ostringstream errors;
    const auto code = run(arguments, written, errors);
    out = written.str();
    err = errors.str();
    return code;
  }
  [[nodiscard]] std::string data() const { return (dir.path() / "data").string(); }

  fakes::TempDir dir;
  fakes::RecordingLogger logger;
  core::SigningKey key = core::SigningKey::generate();
  std::string out;
  std::string err;
};

TEST_F(LogVerify, SaysSoWhenAllHolds) {
  write_log(300);
  EXPECT_EQ(call(), ExitCode::kDone) << out << err;
  EXPECT_THAT(out, HasSubstr(": verified"));
  EXPECT_THAT(out, HasSubstr("key was taken from the store"));
  EXPECT_EQ(call({"--vkey", vkey(key)}), ExitCode::kDone);
  EXPECT_THAT(out, Not(HasSubstr("taken from the store")));
}

TEST_F(LogVerify, NamesTheFirstRecordThatDoesNotFit) {
  write_log(300);
  {
    const auto store = open();
    core::WriteBatch batch(*store);
    auto value = **store->get(core::Family::kRecord, core::log_key(7));
    value.back() = ' ';
    batch.put(core::Family::kRecord, core::log_key(7), value);
    ASSERT_TRUE(store->write(batch, true));
  }
  EXPECT_EQ(call(), ExitCode::kFoundWrong);
  EXPECT_THAT(out, HasSubstr("record 7:"));
  EXPECT_EQ(call({"--json"}), ExitCode::kFoundWrong);
  const auto report = boost::json::parse(out);
  EXPECT_EQ(report.at("fault").at("index").to_number<int>(), 7);
  EXPECT_FALSE(report.at("verified").as_bool());
}

/// A directory becomes a backup by its BACKUP.json; the checkpoint in it has to hold as well.
TEST_F(LogVerify, HoldsABackupAgainstItsOwnCheckpoint) {
  write_log(300);
  const auto list = [this](const std::string& note) {
    const boost::json::object file{{"name", "CURRENT"}, {"bytes", 1}, {"sha256", std::string(64, '0')}};
    const boost::json::object all{{"format", 1},
                                  {"made_at", "2026-03-02T09:15:00Z"},
                                  {"log_size", 300},
                                  {"checkpoint", note},
                                  {"files", boost::json::array{file}}};
    std::ofstream(data() + "/BACKUP.json") << boost::json::serialize(all);
  };
  const auto root = core::stored_edge(*index::open_read_only(data(), logger).value()).value().root();
  list(core::sign_checkpoint(kOrigin, 300, root, key).encode());
  EXPECT_EQ(call(), ExitCode::kDone) << out << err;
  EXPECT_THAT(out, HasSubstr("all of them"));
  list(core::sign_checkpoint(kOrigin, 300, core::empty_root(), key).encode());
  EXPECT_EQ(call(), ExitCode::kFoundWrong);
  EXPECT_THAT(out, HasSubstr("another tree"));
}

/// What was signed last is kept apart: without it nothing tells that the end of a log is gone.
TEST_F(LogVerify, HoldsTheLogAgainstTheCheckpointThatIsKeptApart) {
  write_log(300);
  EXPECT_EQ(call(), ExitCode::kDone);
  EXPECT_THAT(out, HasSubstr("No checkpoint is kept in " + data() + "-checkpoint, so whether records are missing"));
  const auto keep = [this](const std::string& apart, std::uint64_t size, const core::Hash& root) {
    std::filesystem::create_directories(apart);
    std::ofstream(apart + "/checkpoint") << core::sign_checkpoint(kOrigin, size, root, key).encode();
  };
  const auto root = core::stored_edge(*index::open_read_only(data(), logger).value()).value().root();
  keep(data() + "-checkpoint", 300, root);
  EXPECT_EQ(call(), ExitCode::kDone) << out << err;
  EXPECT_THAT(out, Not(HasSubstr("No checkpoint is kept")));
  EXPECT_EQ(call({"--json"}), ExitCode::kDone);
  EXPECT_TRUE(boost::json::parse(out).at("kept_checkpoint").as_bool());

  keep(data() + "-checkpoint", 302, root);
  EXPECT_EQ(call(), ExitCode::kFoundWrong);
  EXPECT_THAT(out,
              HasSubstr("records 300-301: signed, and not here: the log has lost its end, or this is an older copy (" +
                        data() + "-checkpoint/checkpoint). What is here verifies."));
  keep(data() + "-elsewhere", 300, root);
  EXPECT_EQ(call({"--checkpoint-dir", data() + "-elsewhere"}), ExitCode::kDone) << out << err;
}

TEST_F(LogVerify, HoldsTheLogAgainstTheKeyThatIsGiven) {
  write_log(3);
  EXPECT_EQ(call({"--vkey", vkey(core::SigningKey::generate())}), ExitCode::kFoundWrong);
  EXPECT_EQ(call({"--vkey", "nonsense"}), ExitCode::kUsage);
}

TEST_F(LogVerify, CannotReadWhatIsNoStoreOrInUse) {
  EXPECT_EQ(call(), ExitCode::kUnreachable);
  write_log(1);
  const auto in_use = open();
  EXPECT_EQ(call(), ExitCode::kUnreachable);
  EXPECT_THAT(err, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace wissel::ctl
