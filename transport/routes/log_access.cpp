#include "transport/routes/log_access.hpp"

#include <charconv>

namespace wissel::transport {
namespace {

struct WholeOrNot {
  bool lapsed = false;
  bool entitled = false;
  WholeRecord whole;
};

core::Result<WholeOrNot> read_whole(const LogReader& reader, std::uint64_t index) {
  WholeOrNot out;
  auto read = read_record(reader.store, index);
  if (!read) return std::unexpected(std::move(read).error());
  if (!*read) {
    out.lapsed = true;
    return out;
  }
  out.whole.read = std::move(**read);
  auto seen = sight(reader, index, out.whole.read.record);
  if (!seen) return std::unexpected(std::move(seen).error());
  out.entitled = *seen == Sight::kWhole;
  if (!reader.auditor) return out;
  auto annex = reader.store.get(core::Family::kAnnex, core::log_key(index));
  if (!annex) return std::unexpected(std::move(annex).error());
  out.whole.annex = std::move(*annex);
  return out;
}

}  // namespace

LogReader reader_of(const Exchange& exchange) {
  return {*exchange.view, exchange.gateway.store, exchange.caller, exchange.has_role(core::Role::kAuditor)};
}

std::unexpected<Refusal> not_entitled() {
  return refusal(core::ProblemCode::kNotEntitled, std::string(core::info(core::ProblemCode::kNotEntitled).remedy));
}

std::unexpected<Refusal> log_failed(const Exchange& exchange, const core::Error& error) {
  exchange.gateway.log.error("log not read",
                             {{"code", core::to_string(error.code)}, {"detail", std::string_view(error.detail)}});
  return refusal(error);
}

OrRefusal<std::uint64_t> index_in_path(const Exchange& exchange) {
  const std::string& text = exchange.param("index");
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || (text.size() > 1 && text.front() == '0') || index >= exchange.view->edge.size()) {
    return refusal(core::ProblemCode::kNotFound, "Het log heeft geen regel met deze index.");
  }
  return index;
}

asio::awaitable<OrRefusal<WholeRecord>> whole_record(Exchange& exchange, std::uint64_t index) {
  const auto reader = reader_of(exchange);
  auto read = [&] { return read_whole(reader, index); };
  auto found = co_await run_blocking(exchange.gateway.blocking, read);
  if (!found) co_return log_failed(exchange, found.error());
  if (found->lapsed)
    co_return refusal(core::ProblemCode::kRecordLapsed, "De regel is aan het einde van zijn termijn gewist.");
  if (!found->entitled) co_return not_entitled();
  co_return std::move(found->whole);
}

asio::awaitable<OrRefusal<core::Outcome>> log_reading(Exchange& exchange, std::string object) {
  auto draft = exchange.draft();
  draft.record.object = std::move(object);
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  co_return co_await exchange.log(std::move(records));
}

}  // namespace wissel::transport
