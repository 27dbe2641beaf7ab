#pragma once
// A fixed number of io_contexts, each run by one thread of its own.
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "transport/asio.hpp"

namespace wissel::transport {

/// Everything that belongs to one connection stays on one of these threads, so it needs no locks; what takes long is
/// lent to a BlockingPool, and the connection waits for it.
/// start(), stop() and join() are called by the owner's thread; context() by any.
class IoThreads {
 public:
  /// `name` is the threads' name in ps and logs (at most 12 characters are kept). `count` is at least 1.
  IoThreads(std::size_t count, std::string name);
  /// Stops and joins.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] asio::io_context& context(std::size_t index) noexcept;

  void start();
  /// Ends the threads as soon as their present handler returns; what waits is not run any more.
  void stop() noexcept;
  void join() noexcept;

 private:
  struct Thread;
  std::string name_;
  std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace wissel::transport
