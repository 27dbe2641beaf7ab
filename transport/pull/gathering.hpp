#pragma once
// Where the parts of one pull come together: delivered as each is recorded, taken until the deadline.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "transport/asio.hpp"

namespace wissel::transport {

/// A part that is recorded and may leave.
struct ReadyPart {
  std::size_t place = 0;  ///< among the holders
  std::string json;
  bool answered = false;
};

/// Thread safety: none; parts and taker run on one io thread.
class Gathering {
 public:
  Gathering(const asio::any_io_executor& executor, std::size_t places, Deadline until)
      : open_(places, true), waiting_(places), until_(until), timer_(executor, until) {}

  /// Takes what comes after the deadline too, for nobody.
  void deliver(ReadyPart part);
  /// In the order in which they come; nothing when all were given or the deadline has passed.
  asio::awaitable<std::optional<ReadyPart>> next();
  /// Places whose part was not given yet.
  [[nodiscard]] std::vector<std::size_t> missing() const;

 private:
  std::vector<bool> open_;
  std::size_t waiting_;
  Deadline until_;
  std::deque<ReadyPart> ready_;
  asio::steady_timer timer_;
};

}  // namespace wissel::transport
