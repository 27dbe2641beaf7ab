#pragma once
// What the resources of the processing log share: who reads, which record, and the record of the reading itself.
#include "transport/routes/exchange.hpp"
#include "transport/routes/log_reading.hpp"

namespace wissel::transport {

/// The caller as a reader of the log; refers to the exchange.
[[nodiscard]] LogReader reader_of(const Exchange& exchange);
[[nodiscard]] std::unexpected<Refusal> not_entitled();
/// Logs why the log could not be read, and refuses.
[[nodiscard]] std::unexpected<Refusal> log_failed(const Exchange& exchange, const core::Error& error);
/// "{index}" of the path, below the present size of the log.
[[nodiscard]] OrRefusal<std::uint64_t> index_in_path(const Exchange& exchange);

/// One record, for those who may see the whole of it.
struct WholeRecord {
  ReadRecord read;
  std::optional<std::string> annex;  ///< as stored; auditors only
};
asio::awaitable<OrRefusal<WholeRecord>> whole_record(Exchange& exchange, std::uint64_t index);
/// The record of this reading, durable.
asio::awaitable<OrRefusal<core::Outcome>> log_reading(Exchange& exchange, std::string object);

}  // namespace wissel::transport
