#include "transport/pull/gathering.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace wissel::transport {

void Gathering::deliver(ReadyPart part) {
  ready_.push_back(std::move(part));
  timer_.cancel();  // wakes next(); the timer's own moment stays
}

asio::awaitable<std::optional<ReadyPart>> Gathering::next() {
  while (ready_.empty()) {
    if (waiting_ == 0 || SteadyClock::now() >= until_) co_return std::nullopt;
    boost::system::error_code woken;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  auto part = std::move(ready_.front());
  ready_.pop_front();
  open_[part.place] = false;
  --waiting_;
  co_return part;
}

std::vector<std::size_t> Gathering::missing() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (open_[i]) out.push_back(i);
  }
  return out;
}

}  // namespace wissel::transport
