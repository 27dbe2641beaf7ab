#pragma once
// Lists: ?aantal= and an opaque cursor that is stable under writes (api.md, Common rules).
#include <boost/json/array.hpp>

#include <string>

#include "transport/routes/exchange.hpp"

namespace wissel::transport {

struct Page {
  std::size_t count = 100;
  std::string after;  ///< the sort key of the last row of the page before; empty: from the start
};

/// Reads `aantal` and `na`; refuses other parameters than these and `others`.
[[nodiscard]] OrRefusal<Page> read_page(const Exchange& exchange, std::initializer_list<std::string_view> others);
/// The Link header of the next page; `keep` are the query parameters it repeats.
void link_next(Response& response, const Exchange& exchange, const std::string& last);
/// Logs the access and answers {"<name>": rows}; `last` non-empty: there is a next page after that sort key.
asio::awaitable<Reply> answer_page(Exchange& exchange, std::string name, boost::json::array rows, std::string last);

}  // namespace wissel::transport
