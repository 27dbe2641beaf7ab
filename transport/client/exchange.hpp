#pragma once
// One request and its answer on a connection that stands.
#include <cstddef>

#include "transport/client/http_client.hpp"
#include "transport/client/url.hpp"
#include "transport/tls/stream.hpp"

namespace wissel::transport {

struct ExchangeEnd {
  ClientResult result;
  bool reusable = false;      ///< the connection can carry another request
  bool answer_began = false;  ///< a byte of the answer came
};

/// `stream`, `request` and `url` outlive it.
asio::awaitable<ExchangeEnd> exchange(Stream& stream, const ClientRequest& request, const HttpsUrl& url,
                                      std::size_t header_bytes_max);

}  // namespace wissel::transport
