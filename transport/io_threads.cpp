#include "transport/io_threads.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <algorithm>
#include <thread>
#include <utility>

#include "transport/thread_name.hpp"

namespace wissel::transport {

struct IoThreads::Thread {
  // One thread runs it, which the hint says; other threads may still post to it.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread;
};

IoThreads::IoThreads(std::size_t count, std::string name) : name_(std::move(name)) {
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) threads_.push_back(std::make_unique<Thread>());
}

IoThreads::~IoThreads() {
  stop();
  join();
}

std::size_t IoThreads::size() const noexcept { return threads_.size(); }

asio::io_context& IoThreads::context(std::size_t index) noexcept { return threads_[index]->context; }

void IoThreads::start() {
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    Thread& thread = *threads_[i];
    if (thread.thread.joinable()) continue;
    thread.thread = std::thread([&thread] { thread.context.run(); });
    name_thread(thread.thread, name_, i);
  }
}

void IoThreads::stop() noexcept {
  for (auto& thread : threads_) thread->context.stop();
}

void IoThreads::join() noexcept {
  for (auto& thread : threads_) {
    if (thread->thread.joinable()) thread->thread.join();
  }
}

}  // namespace wissel::transport
