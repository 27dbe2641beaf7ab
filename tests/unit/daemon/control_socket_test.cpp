#include "daemon/control_socket.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <unistd.h>

#include "daemon/control_request.hpp"
#include "tests/fakes/recording_logger.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "transport/io_threads.hpp"

namespace wissel::daemon {
namespace {

using namespace std::chrono_literals;
using core::Errc;
using testing::HasSubstr;

/// Answers at once; a backup reports until it is ended.
class FakeControls final : public Controls {
 public:
  core::Result<boost::json::object> status() override { return boost::json::object{{"version", "1"}}; }
  core::Result<boost::json::object> reload() override { return core::fail(Errc::kInvalidInput, "line 3"); }
  core::Result<boost::json::object> backup(const std::string& target_dir, const Progress& progress) override {
    target = target_dir;
    for (std::uint64_t i = 0; endless || i < 1000; ++i) {
      progress(i, 1000);
      if (endless) std::this_thread::yield();
    }
    return boost::json::object{{"dir", target_dir}};
  }
  core::Result<boost::json::object> keys(const Progress&) override { throw std::runtime_error("broken"); }
  core::Result<boost::json::object> doctor(const Progress&) override { return boost::json::object{}; }

  std::string target;
  bool endless = false;
};

class ControlSocketTest : public testing::Test {
 protected:
  ControlSocketTest() { threads.start(); }
  ~ControlSocketTest() override {
    control.reset();
    threads.stop();
  }

  core::Result<void> open() {
    ControlOptions options;
    options.path = path;
    options.timeout = 2s;
    options.progress_every = 5ms;
    options.allow = allow;
    auto opened = ControlSocket::open(threads.context(0), pool, controls, std::move(options), log);
    if (!opened) return std::unexpected(opened.error());
    control = std::move(*opened);
    return {};
  }
  [[nodiscard]] int connect() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return fd;
  }
  /// Everything up to the end of the connection.
  [[nodiscard]] std::string ask(const std::string& line) const {
    const int fd = connect();
    // Who may not ask may be told so, and the connection closed, before the request is sent.
    [[maybe_unused]] const auto sent = ::send(fd, line.data(), line.size(), MSG_NOSIGNAL);
    std::string out;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      out.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(fd);
    return out;
  }

  fakes::TempDir dir;
  std::string path = dir.at("control.sock");
  fakes::RecordingLogger log;
  FakeControls controls;
  std::function<bool(const PeerCredentials&)> allow;
  transport::IoThreads threads{1, "control"};
  transport::BlockingPool pool{2};
  std::unique_ptr<ControlSocket> control;
};

TEST_F(ControlSocketTest, AnswersARequestAndIsOpenToItsGroupOnly) {
  ASSERT_TRUE(open());
  EXPECT_THAT(ask(encode({ControlAction::kStatus, {}})), HasSubstr("{\"result\":{\"version\":\"1\"}}\n"));
  struct stat found{};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0660U);
}

TEST_F(ControlSocketTest, ErrorsAndExceptionsAreAnswers) {
  ASSERT_TRUE(open());
  EXPECT_THAT(ask(encode({ControlAction::kReload, {}})),
              HasSubstr("{\"error\":{\"code\":\"invalid_input\",\"detail\":\"line 3\"}}\n"));
  EXPECT_THAT(ask(encode({ControlAction::kKeys, {}})), HasSubstr("broken"));
}

TEST_F(ControlSocketTest, BadRequestsAreRefusedAndTheNextIsServed) {
  ASSERT_TRUE(open());
  for (const std::string bad :
       {"\n", "{}\n", "[]\n", "{\"action\":\"stop\"}\n", "{\"action\":1}\n", "{\"action\":\"backup\"}\n",
        "{\"action\":\"backup\",\"target\":\"here\"}\n", "{\"action\":\"status\",\"target\":\"/x\"}\n",
        "{\"action\":\"status\",\"x\":\"y\"}\n"}) {
    EXPECT_THAT(ask(bad), HasSubstr("\"invalid_input\"")) << bad;
  }
  EXPECT_EQ(ask(std::string(kControlRequestBytesMax + 1, 'x')), "");
  EXPECT_THAT(ask(encode({ControlAction::kStatus, {}})), HasSubstr("result"));
}

TEST_F(ControlSocketTest, WhoMayNotIsRefusedAndLogged) {
  allow = [](const PeerCredentials&) { return false; };
  ASSERT_TRUE(open());
  EXPECT_THAT(ask(encode({ControlAction::kStatus, {}})), HasSubstr("error"));
  EXPECT_TRUE(log.has("control request refused"));
}

TEST_F(ControlSocketTest, LongWorkReportsAndEndsWhenTheOtherSideLeaves) {
  ASSERT_TRUE(open());
  EXPECT_THAT(ask(encode({ControlAction::kBackup, "/somewhere"})),
              HasSubstr("{\"result\":{\"dir\":\"/somewhere\"}}\n"));
  controls.endless = true;
  const int fd = connect();
  const auto line = encode({ControlAction::kBackup, "/other"});
  ASSERT_GE(::send(fd, line.data(), line.size(), MSG_NOSIGNAL), 0);
  char first = 0;
  ASSERT_EQ(::recv(fd, &first, 1, 0), 1);  // a line of progress
  ::close(fd);
  control->stop();  // waits for the work, which has nobody to report to any more
  EXPECT_TRUE(log.has("abandoned"));
}

TEST_F(ControlSocketTest, StopEndsWorkUnderWayAndRemovesTheFile) {
  ASSERT_TRUE(open());
  controls.endless = true;
  const int fd = connect();
  const auto line = encode({ControlAction::kBackup, "/other"});
  ASSERT_GE(::send(fd, line.data(), line.size(), MSG_NOSIGNAL), 0);
  char first = 0;
  ASSERT_EQ(::recv(fd, &first, 1, 0), 1);
  control->stop();
  ::close(fd);
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST_F(ControlSocketTest, ReplacesWhatADeadProcessLeftAndNothingElse) {
  ASSERT_TRUE(open());
  EXPECT_EQ(ControlSocket::open(threads.context(0), pool, controls, {.path = path, .allow = {}}, log).error().code,
            Errc::kConflict);
  control.reset();
  // A socket file without a listener.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
  EXPECT_TRUE(open());
  control.reset();
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fclose(file);
  EXPECT_EQ(open().error().code, Errc::kConflict);
  path = "/" + std::string(200, 'x');
  EXPECT_EQ(open().error().code, Errc::kInvalidInput);
}

TEST(MayControl, RootTheOwnUserAndTheOwnGroup) {
  EXPECT_TRUE(may_control({1, 0, 5, {}}, 900, 901));
  EXPECT_TRUE(may_control({1, 900, 5, {}}, 900, 901));
  EXPECT_TRUE(may_control({1, 7, 901, {}}, 900, 901));
  EXPECT_TRUE(may_control({1, 7, 5, {3, 901}}, 900, 901));
  EXPECT_FALSE(may_control({1, 7, 5, {3, 4}}, 900, 901));
}

TEST(ControlAnswers, AreReadAsTheyWereWritten) {
  const auto progress = decode_control_answer("{\"progress\":{\"done\":3,\"total\":9}}");
  ASSERT_TRUE(progress);
  EXPECT_TRUE(progress->progress);
  EXPECT_EQ(progress->done, 3U);
  EXPECT_EQ(progress->total, 9U);
  auto line = result_line(core::fail(Errc::kConflict, "another"));
  line.pop_back();
  const auto error = decode_control_answer(line);
  ASSERT_TRUE(error);
  ASSERT_FALSE(error->result);
  EXPECT_EQ(error->result.error().code, Errc::kConflict);
  for (const auto* bad : {"", "[]", "{}", "{\"x\":{}}", "{\"result\":1}"}) {
    EXPECT_FALSE(decode_control_answer(bad)) << bad;
  }
}

}  // namespace
}  // namespace wissel::daemon
