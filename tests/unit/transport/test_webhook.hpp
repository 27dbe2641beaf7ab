#pragma once
// A subscriber's webhook for tests: a real server on loopback that answers as the test says.
#include <boost/json.hpp>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tests/unit/transport/test_gateway.hpp"
#include "tests/unit/transport/test_partner.hpp"

namespace wissel::test {

/// What should happen soon is given this long.
inline constexpr std::chrono::seconds kPatience{20};

/// A subscriber's webhook that answers as the test says, and keeps what it got.
class Webhook {
 public:
  Webhook(TestNetwork& net, const core::Oin& who)
      : server_(net, who, [this](const Request& request, Response& response) { return take(request, response); }) {}

  [[nodiscard]] std::map<std::string, std::string> endpoints() const {
    return {{"gebeurtenissen", server_.url("/ontvang")}};
  }
  /// The next `times` requests get this status; later ones 204.
  void answers(unsigned status, int times = 1'000'000) {
    const std::scoped_lock lock(mutex_);
    status_ = status;
    times_ = times;
  }
  void hangs(bool hangs) {
    const std::scoped_lock lock(mutex_);
    hangs_ = hangs;
  }

  struct Got {
    std::string event_id;
    std::string content_type;
    std::string traceparent;
    bool answered_well = false;
  };
  /// Waits until at least `count` requests came, and gives all.
  std::vector<Got> requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(came_.wait_for(lock, kPatience, [&] { return got_.size() >= count; })) << got_.size();
    return got_;
  }
  /// The ids of events answered with 2xx, in order, once there are `count`.
  std::vector<std::string> delivered(std::size_t count) {
    const auto list = [this] {
      std::vector<std::string> out;
      for (const auto& each : got_) {
        if (each.answered_well) out.push_back(each.event_id);
      }
      return out;
    };
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(came_.wait_for(lock, kPatience, [&] { return list().size() >= count; })) << list().size();
    return list();
  }

 private:
  bool take(const Request& request, Response& response) {
    const std::scoped_lock lock(mutex_);
    response.status = times_ > 0 ? status_ : 204;
    if (times_ > 0) --times_;
    const auto header = [&](std::string_view name) {
      return std::string(request.head.headers.find(name).value_or(""));
    };
    got_.push_back({std::string(boost::json::parse(request.body).at("id").as_string()), header("content-type"),
                    header("traceparent"), response.status < 300 && !hangs_});
    came_.notify_all();
    return hangs_;
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Got> got_;
  unsigned status_ = 204;
  int times_ = 0;
  bool hangs_ = false;
  PartnerServer server_;
};

}  // namespace wissel::test
