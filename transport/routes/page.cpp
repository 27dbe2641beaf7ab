#include "transport/routes/page.hpp"

#include <boost/json.hpp>

namespace wissel::transport {
namespace {

/// RFC 3986: everything but unreserved characters.
std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out += core::to_hex(core::as_bytes(std::string_view(&c, 1)));
    }
  }
  return out;
}

}  // namespace

OrRefusal<Page> read_page(const Exchange& exchange, std::initializer_list<std::string_view> others) {
  std::vector<std::string_view> names{"aantal", "na"};
  names.insert(names.end(), others.begin(), others.end());
  if (auto unknown = exchange.unknown_query(names)) return refusal(std::move(*unknown));
  auto count = exchange.query_number("aantal", 1, 1000, 100);
  if (!count) return std::unexpected(std::move(count).error());
  Page page;
  page.count = *count;
  if (const auto cursor = exchange.request.head.query_value("na")) {
    auto after = core::from_hex(*cursor);
    if (!after || after->empty() || after->size() > 128) {
      core::Problem problem{core::ProblemCode::kQueryInvalid, "Een queryparameter heeft geen toegestane waarde.", {}};
      problem.params.push_back(
          {"na", core::ProblemCode::kQueryInvalid, "is geen cursor uit een Link-header van deze lijst"});
      return refusal(std::move(problem));
    }
    page.after = std::move(*after);
  }
  return page;
}

void link_next(Response& response, const Exchange& exchange, const std::string& last) {
  std::string target = exchange.request.head.path + "?";
  for (const auto& [name, value] : exchange.request.head.query) {
    if (name != "na") target.append(name).append("=").append(percent_encode(value)).append("&");
  }
  target.append("na=").append(core::to_hex(core::as_bytes(last)));
  response.set_header("Link", "<" + target + ">; rel=\"next\"");
}

asio::awaitable<Reply> answer_page(Exchange& exchange, std::string name, boost::json::array rows, std::string last) {
  std::vector<core::RecordDraft> records;
  records.push_back(exchange.draft());
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  boost::json::object body;
  body[name] = std::move(rows);
  auto response = exchange.answer(*outcome, boost::json::serialize(body), 200);
  if (!last.empty()) link_next(response, exchange, last);
  co_return response;
}

}  // namespace wissel::transport
