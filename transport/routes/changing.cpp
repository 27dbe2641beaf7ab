#include "transport/routes/changing.hpp"

#include <boost/json.hpp>

namespace wissel::transport {
namespace {

constexpr std::size_t kReasonMax = 1'000;

}  // namespace

asio::awaitable<Reply> show_resource(Exchange& exchange, boost::json::object body, std::uint64_t version,
                                     std::string object) {
  auto draft = exchange.draft();
  draft.record.object = std::move(object);
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  auto response = exchange.answer(*outcome, boost::json::serialize(body), 200);
  response.set_header("ETag", '"' + std::to_string(version) + '"');
  co_return response;
}

asio::awaitable<Reply> change_resource(Exchange& exchange, core::Effect effect, std::string object,
                                       std::string location) {
  auto draft = exchange.draft();
  draft.record.object = std::move(object);
  auto command = exchange.command(std::move(effect));
  command.records.push_back(std::move(draft));
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer_change(*outcome, std::move(location));
}

OrRefusal<std::string> read_reason(const Exchange& exchange) {
  if (exchange.request.body.empty()) return std::string();
  const auto read = [](const boost::json::value& value, core::Faults& faults) {
    core::ObjectReader in(value, "", faults);
    std::optional<std::string> reason{std::string(in.optional_text("reden", 1, kReasonMax).value_or(""))};
    in.finish();
    return reason;
  };
  return exchange.read_body(read);
}

}  // namespace wissel::transport
