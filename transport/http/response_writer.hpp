#pragma once
// From a Response to bytes on the connection.
#include <chrono>
#include <string>

#include "transport/http/message.hpp"
#include "transport/tls/stream.hpp"

namespace wissel::transport {

/// How an answer is framed.
struct ResponseFraming {
  bool http10 = false;     ///< no chunked coding: a stream ends with the connection
  bool head_only = false;  ///< the answer to HEAD: all fields, no body
  bool close = false;
};

/// Status line and fields with the empty line. Names and values that would break the framing lose those characters.
[[nodiscard]] std::string serialize_head(const Response& response, const ResponseFraming& framing);

/// Sends `response`. False when the connection cannot be used further: the peer is gone, reads too slowly, or the
/// stream failed half-way.
asio::awaitable<bool> write_response(Stream& stream, Response& response, ResponseFraming framing,
                                     std::chrono::milliseconds stall_max);

}  // namespace wissel::transport
