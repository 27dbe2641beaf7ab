#include "bench/load/schedule.hpp"

namespace wissel::load {

void Schedule::begin(Clock::time_point start) { start_ = start; }

Clock::time_point Schedule::end() const noexcept {
  return pace_.requests ? Clock::time_point::max() : counted_from() + pace_.duration;
}

std::optional<Schedule::Ticket> Schedule::next(Clock::time_point now) {
  if (stopped_) return std::nullopt;
  Ticket ticket{.number = numbers_.fetch_add(1, std::memory_order_relaxed), .due = now};
  if (pace_.rate) {
    const std::chrono::duration<double> after(static_cast<double>(ticket.number) / *pace_.rate);
    ticket.due = start_ + std::chrono::duration_cast<Clock::duration>(after);
  }
  if (ticket.due >= end()) return std::nullopt;
  ticket.counted = ticket.due >= counted_from();
  if (!ticket.counted || !pace_.requests) return ticket;
  if (counted_.fetch_add(1, std::memory_order_relaxed) >= *pace_.requests) return std::nullopt;
  return ticket;
}

}  // namespace wissel::load
