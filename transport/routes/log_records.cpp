// /v1/verwerkingen: the processing log, for auditors and for those it speaks of. Reading it is an access of its own.
#include <boost/json.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "core/messages/basis.hpp"
#include "core/messages/subject_codec.hpp"
#include "transport/routes/bodies.hpp"
#include "transport/routes/log_access.hpp"
#include "transport/routes/ndjson_answer.hpp"
#include "transport/routes/page.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

/// Rows and bytes read at a time for an export.
constexpr LogPageBounds kExportPiece{.rows_max = 512, .bytes_max = 256 * 1024, .looked_at_max = 4'096};
/// Bytes of one page.
constexpr std::size_t kPageBytesMax = 4 * 1024 * 1024;

// --- what is asked, in the query or in a body ---

/// Faults of query parameters, all in one refusal.
class QueryFaults {
 public:
  void add(std::string_view name, std::string_view reason) {
    problem_.params.push_back({std::string(name), core::ProblemCode::kQueryInvalid, std::string(reason)});
  }
  [[nodiscard]] bool empty() const { return problem_.params.empty(); }
  [[nodiscard]] core::Problem take() { return std::move(problem_); }

 private:
  core::Problem problem_{core::ProblemCode::kQueryInvalid, "Een queryparameter heeft geen toegestane waarde.", {}};
};

template <class Parse>
auto read_param(const Exchange& exchange, std::string_view name, std::string_view allowed, QueryFaults& faults,
                Parse parse) -> decltype(parse(std::string_view())) {
  const auto text = exchange.request.head.query_value(name);
  if (!text) return std::nullopt;
  auto value = parse(*text);
  if (!value) faults.add(name, allowed);
  return value;
}

std::optional<core::Oin> parse_party(std::string_view text) {
  auto oin = core::Oin::parse(text);
  return oin ? std::optional(*oin) : std::nullopt;
}

std::optional<core::Bytes16> parse_trace_id(std::string_view text) {
  const auto bytes = core::from_hex(text);
  if (!bytes || bytes->size() != 16) return std::nullopt;
  return core::ByteReader(*bytes).array<16>();
}

std::optional<bool> parse_order(std::string_view text) {
  if (text == "nieuwste") return true;
  if (text == "oudste") return false;
  return std::nullopt;
}

OrRefusal<LogQuery> read_query(const Exchange& exchange) {
  QueryFaults faults;
  LogQuery out;
  out.from = read_param(exchange, "vanaf", "is geen tijdstip volgens RFC 3339", faults, core::parse_rfc3339);
  out.to = read_param(exchange, "tot", "is geen tijdstip volgens RFC 3339", faults, core::parse_rfc3339);
  out.party = read_param(exchange, "partij", "is geen OIN", faults, parse_party);
  out.actie = read_param(exchange, "actie", "is geen actie", faults, core::from_word<core::Actie>);
  out.uitkomst = read_param(exchange, "uitkomst", "is geen uitkomst", faults, core::from_word<core::Uitkomst>);
  out.trace_id = read_param(exchange, "traceId", "heeft geen 32 hexadecimale cijfers", faults, parse_trace_id);
  out.newest_first = read_param(exchange, "volgorde", "is niet nieuwste of oudste", faults, parse_order).value_or(true);
  if (!faults.empty()) return refusal(faults.take());
  return out;
}

struct SubjectQuery {
  core::Subject subject;
  LogQuery query;
  std::optional<core::Basis> basis;
  std::optional<core::ActingUser> gebruiker;
};

template <class E>
std::optional<E> read_word(core::ObjectReader& in, std::string_view name) {
  const auto text = in.optional_string(name, 1, 40);
  if (!text) return std::nullopt;
  const auto value = core::from_word<E>(*text);
  if (!value) in.fault(name, core::ProblemCode::kFieldValue, "is geen waarde die dit veld kan hebben");
  return value;
}

std::optional<SubjectQuery> read_subject_query(const json::value& body, core::Faults& faults) {
  core::ObjectReader in(body, "", faults);
  std::optional<core::Subject> subject;
  if (const auto* value = in.required_object("onderwerp")) {
    subject = core::read_subject(*value, in.pointer("onderwerp"), faults);
  }
  LogQuery query;
  query.from = in.optional_time("vanaf");
  query.to = in.optional_time("tot");
  query.actie = read_word<core::Actie>(in, "actie");
  query.uitkomst = read_word<core::Uitkomst>(in, "uitkomst");
  if (const auto text = in.optional_string("partij", 1, 40)) {
    query.party = parse_party(*text);
    if (!query.party) in.fault("partij", core::ProblemCode::kFieldValue, "is geen OIN");
  }
  if (const auto text = in.optional_string("traceId", 1, 40)) {
    query.trace_id = parse_trace_id(*text);
    if (!query.trace_id) in.fault("traceId", core::ProblemCode::kFieldValue, "heeft geen 32 hexadecimale cijfers");
  }
  std::optional<core::Basis> basis;
  if (const auto* value = in.optional_object("grondslag")) {
    basis = core::read_basis(*value, in.pointer("grondslag"), faults);
  }
  std::optional<core::ActingUser> gebruiker;
  if (const auto* value = in.optional_object("gebruiker")) {
    gebruiker = core::read_acting_user(*value, in.pointer("gebruiker"), faults);
  }
  in.finish();
  if (!faults.empty() || !subject) return std::nullopt;
  return SubjectQuery{std::move(*subject), std::move(query), std::move(basis), std::move(gebruiker)};
}

// --- lists ---

/// Where this page begins: after the cursor, in the order of the query.
OrRefusal<LogSpan> after_cursor(LogSpan span, const Page& page, bool newest_first) {
  if (page.after.empty()) return span;
  if (page.after.size() != 8) {
    return refusal(core::ProblemCode::kQueryInvalid, "De cursor komt niet uit een Link-header van deze lijst.");
  }
  const auto index = core::ByteReader(page.after).u64();
  if (newest_first) {
    span.end = std::min(span.end, index);
  } else {
    span.first = std::max(span.first, index);
  }
  return span;
}

/// What the next page begins from; empty: there is none.
std::string cursor_of(const LogSpan& rest, bool newest_first) {
  if (rest.empty()) return {};
  return core::log_key(newest_first ? rest.end : rest.first);
}

std::string list_body(const std::vector<std::string>& rows) {
  std::string out = R"({"verwerkingen":[)";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) out += ',';
    out += rows[i];
  }
  return out.append("]}");
}

/// One page of what the query finds, logged as one access.
asio::awaitable<Reply> answer_rows(Exchange& exchange, LogQuery query, Page page, core::RecordDraft draft) {
  const auto reader = reader_of(exchange);
  std::optional<Refusal> refused;
  auto read = [&]() -> core::Result<LogRows> {
    auto span = span_of(reader, query);
    if (!span) return std::unexpected(std::move(span).error());
    auto begun = after_cursor(*span, page, query.newest_first);
    if (!begun) {
      refused = std::move(begun).error();
      return LogRows{};
    }
    return read_log(reader, query, *begun, {.rows_max = page.count, .bytes_max = kPageBytesMax});
  };
  auto rows = co_await run_blocking(exchange.gateway.blocking, read);
  if (refused) co_return std::unexpected(std::move(*refused));
  if (!rows) co_return log_failed(exchange, rows.error());
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  auto response = exchange.answer(*outcome, list_body(rows->rows), 200);
  const auto next = cursor_of(rows->rest, query.newest_first);
  if (!next.empty()) link_next(response, exchange, next);
  co_return response;
}

// --- the export ---

/// An export goes on after its exchange is gone, so it owns what it needs.
struct Export {
  const Gateway& gateway;
  std::shared_ptr<const core::View> view;
  core::Oin caller;
  bool auditor = false;
  LogQuery query;
  LogSpan rest;
  std::uint64_t rows_left = 0;
  std::optional<core::OnBehalf> on_behalf;
};

/// Whoever reads for another reads no further than its appointment goes.
bool may_go_on(const Export& job) {
  return !job.on_behalf ||
         core::representation_allows(*job.gateway.views.view()->network, *job.on_behalf, job.gateway.now());
}

asio::awaitable<void> write_export(std::unique_ptr<Export> job, BodySink& sink) {
  const LogReader reader{*job->view, job->gateway.store, job->caller, job->auditor};
  while (!job->rest.empty() && job->rows_left > 0) {
    if (!may_go_on(*job)) throw std::runtime_error("log export: the representation has ended");
    auto bounds = kExportPiece;
    bounds.rows_max = std::min<std::uint64_t>(bounds.rows_max, job->rows_left);
    auto read = [&] { return read_log(reader, job->query, job->rest, bounds); };
    auto piece = co_await run_blocking(job->gateway.blocking, read);
    // The head has gone, so all that is left is to break the answer off: the client sees that it is not whole.
    if (!piece) throw std::runtime_error("log export: " + piece.error().detail);
    std::string lines;
    for (const auto& row : piece->rows) lines.append(row).push_back('\n');
    job->rows_left -= piece->rows.size();
    job->rest = piece->rest;
    if (lines.empty()) continue;
    const auto written = co_await sink.write(lines);
    if (!written) co_return;
  }
}

asio::awaitable<Reply> answer_export(Exchange& exchange, LogQuery query, Page page, core::RecordDraft draft) {
  const auto reader = reader_of(exchange);
  auto find = [&] { return span_of(reader, query); };
  auto span = co_await run_blocking(exchange.gateway.blocking, find);
  if (!span) co_return log_failed(exchange, span.error());
  auto begun = after_cursor(*span, page, query.newest_first);
  if (!begun) co_return std::unexpected(std::move(begun).error());
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  const bool bounded = exchange.request.head.query_value("aantal").has_value();
  auto job = std::make_unique<Export>(
      Export{exchange.gateway, exchange.view, exchange.caller, reader.auditor, std::move(query), *begun,
             bounded ? page.count : std::numeric_limits<std::uint64_t>::max(), exchange.on_behalf});
  auto response = exchange.answer(*outcome, {}, 200);
  response.content_type = kNdjson;
  response.stream = [job = std::move(job)](BodySink& sink) mutable { return write_export(std::move(job), sink); };
  co_return response;
}

asio::awaitable<Reply> list(Exchange& exchange) {
  auto page = read_page(exchange, {"vanaf", "tot", "partij", "actie", "uitkomst", "traceId", "volgorde"});
  if (!page) co_return std::unexpected(std::move(page).error());
  auto query = read_query(exchange);
  if (!query) co_return std::unexpected(std::move(query).error());
  const bool auditor = exchange.has_role(core::Role::kAuditor);
  if (query->party && *query->party != exchange.caller && !auditor) co_return not_entitled();
  auto draft = exchange.draft();
  draft.record.object = query->party ? "verwerkingen;partij:" + query->party->str() : "verwerkingen";
  if (asks_for_ndjson(exchange)) {
    co_return co_await answer_export(exchange, std::move(*query), std::move(*page), std::move(draft));
  }
  co_return co_await answer_rows(exchange, std::move(*query), std::move(*page), std::move(draft));
}

asio::awaitable<Reply> search(Exchange& exchange) {
  auto page = read_page(exchange, {});
  if (!page) co_return std::unexpected(std::move(page).error());
  auto asked = exchange.read_body(read_subject_query);
  if (!asked) co_return std::unexpected(std::move(asked).error());
  const bool auditor = exchange.has_role(core::Role::kAuditor);
  if (asked->query.party && *asked->query.party != exchange.caller && !auditor) co_return not_entitled();
  asked->query.subjects = exchange.gateway.secrets.pseudonyms.all(asked->subject);
  auto draft = exchange.draft();
  draft.record.object = "verwerkingen";
  if (asked->basis) draft.record.uitwisselafspraak = asked->basis->uitwisselafspraak.str();
  exchange.about(draft, asked->subject);
  exchange.annex(draft, {asked->gebruiker, {}, {}});
  co_return co_await answer_rows(exchange, std::move(asked->query), std::move(*page), std::move(draft));
}

/// The annex with its salt, and its exact text, over which its hash was taken.
core::Result<std::string> annex_member(std::string_view value) {
  const auto stored = core::decode_stored_annex(value);
  if (!stored) return std::unexpected(stored.error());
  boost::system::error_code error;
  auto body = json::parse(stored->annex, error);
  if (error || !body.is_object()) return core::fail(core::Errc::kCorrupt, "an annex is no JSON object");
  auto& object = body.get_object();
  object["zout"] = core::to_base64(stored->salt);
  object["tekst"] = stored->annex;
  return json::serialize(object);
}

asio::awaitable<Reply> get_record(Exchange& exchange) {
  auto index = index_in_path(exchange);
  if (!index) co_return std::unexpected(std::move(index).error());
  auto whole = co_await whole_record(exchange, *index);
  if (!whole) co_return std::unexpected(std::move(whole).error());
  auto body = open_row(*index, whole->read.stored.line, &whole->read.stored.salt);
  if (whole->annex) {
    auto annex = annex_member(*whole->annex);
    if (!annex) co_return log_failed(exchange, annex.error());
    body.append(R"(,"bijlage":)").append(*annex);
  }
  auto outcome = co_await log_reading(exchange, "verwerking:" + std::to_string(*index));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, body.append("}"), 200);
}

}  // namespace

Routes log_record_routes() {
  Routes rows;
  rows.push_back(reading_with_query("/v1/verwerkingen", "verwerkingen inzien", list));
  rows.back().gives = {kJson, kNdjson};
  rows.push_back(
      reading_with_query("/v1/verwerkingen/zoekopdrachten", "verwerkingen van een onderwerp zoeken", search));
  rows.back().method = Method::kPost;
  rows.back().accepts = {kJson};
  rows.push_back(reading("/v1/verwerkingen/{index}", "verwerking inzien", get_record));
  return rows;
}

}  // namespace wissel::transport
