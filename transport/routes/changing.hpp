#pragma once
// What reading and changing a resource with an ETag have in common.
#include <boost/json/object.hpp>

#include <string>

#include "transport/routes/exchange.hpp"

namespace wissel::transport {

/// Logs the reading of `object` and answers `body` with its ETag.
asio::awaitable<Reply> show_resource(Exchange& exchange, boost::json::object body, std::uint64_t version,
                                     std::string object);
/// Commits a change with the record of the access; `location` prefixes the id of what was made.
asio::awaitable<Reply> change_resource(Exchange& exchange, core::Effect effect, std::string object,
                                       std::string location = {});
/// Why something is ended or suspended: `{reden?}`, of at most 1,000 characters. A DELETE has no body and no reason.
[[nodiscard]] OrRefusal<std::string> read_reason(const Exchange& exchange);

}  // namespace wissel::transport
