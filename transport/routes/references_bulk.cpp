// POST /v1/verwijzingen/bulk: NDJSON of any size, set and withdrawn in pieces, answered when the upload has been read.
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <limits>

#include "core/messages/reference_codec.hpp"
#include "transport/routes/ndjson.hpp"
#include "transport/routes/prepare_reference.hpp"
#include "transport/routes/references.hpp"

namespace wissel::transport {
namespace {

/// Refused lines that are named; the rest is counted.
constexpr std::size_t kRefusedNamedMax = 1'000;

struct Counts {
  std::uint64_t lines = 0;
  std::uint64_t set = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t withdrawn = 0;
  std::uint64_t refused = 0;

  [[nodiscard]] std::string json() const {
    return R"({"samenvatting":{"regels":)" + std::to_string(lines) + R"(,"gezet":)" + std::to_string(set) +
           R"(,"ongewijzigd":)" + std::to_string(unchanged) + R"(,"ingetrokken":)" + std::to_string(withdrawn) +
           R"(,"geweigerd":)" + std::to_string(refused) + "}}\n";
  }
  [[nodiscard]] std::string object() const {
    return "bulk;regels:" + std::to_string(lines) + ";gezet:" + std::to_string(set) +
           ";ongewijzigd:" + std::to_string(unchanged) + ";ingetrokken:" + std::to_string(withdrawn) +
           ";geweigerd:" + std::to_string(refused);
  }
};

/// One upload: the piece that is being made and the one that is being written.
class BulkUpload final : public LineSink {
 public:
  BulkUpload(Exchange& exchange, asio::any_io_executor executor)
      : exchange_(exchange),
        preparer_(exchange.gateway, exchange.caller),
        flight_(exchange.gateway.sequencer, exchange.request.io_thread, std::move(executor)) {}

  void take(const NdjsonLine& line) override {
    ++counts_.lines;
    ++piece_lines_;
    if (line.too_long) return refuse(line.number, too_long_line());
    auto parsed = core::parse_reference_line(line.text);
    if (!parsed) return refuse(line.number, std::move(parsed).error());
    piece_bytes_ += line.text.size();
    if (const auto* withdraw = std::get_if<core::WithdrawLine>(&*parsed)) {
      piece_.push_back({line.number, withdraw->id});
      return;
    }
    const auto& input = std::get<core::ReferenceInput>(*parsed);
    piece_.push_back({line.number, preparer_.prepare(input)});
    preparer_.append_moves(input, moves_);
  }

  [[nodiscard]] bool full() const override { return piece_lines_ >= kPieceLinesMax || piece_bytes_ >= kPieceBytesMax; }

  asio::awaitable<OrRefusal<void>> send() override {
    piece_lines_ = piece_bytes_ = 0;
    auto landed = co_await settle();
    if (!landed || piece_.empty()) co_return landed;
    auto lent = exchange_.child(core::Actie::kRegistreren, "verwijzing in een bulkverzoek");
    lent.record.http = 200;
    auto command =
        exchange_.command(core::BulkReferences{exchange_.caller, std::exchange(piece_, {}), std::move(lent)});
    command.moves = std::exchange(moves_, {});
    flight_.launch(std::move(command));
    co_return OrRefusal<void>{};
  }

  /// Waits for the piece that is being written, and counts what came of it.
  asio::awaitable<OrRefusal<void>> settle() {
    if (!flight_.under_way()) co_return OrRefusal<void>{};
    auto outcome = or_refusal(co_await flight_.land());
    if (!outcome) co_return std::unexpected(std::move(outcome).error());
    counts_.set += outcome->changed;
    counts_.unchanged += outcome->unchanged;
    counts_.withdrawn += outcome->withdrawn;
    for (const auto number : outcome->unknown) {
      refuse(number, {core::ProblemCode::kNotFound, "Er is geen verwijzing met deze id.", {}});
    }
    co_return OrRefusal<void>{};
  }

  [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

  /// Refused lines in the order of the upload, and the summary.
  [[nodiscard]] std::string answer() {
    std::ranges::sort(refused_, {}, &std::pair<std::uint64_t, std::string>::first);
    std::string out;
    for (const auto& [number, line] : refused_) out += line;
    return out + counts_.json();
  }

 private:
  void refuse(std::uint64_t number, core::Problem problem) {
    ++counts_.refused;
    if (refused_.size() < kRefusedNamedMax) refused_.emplace_back(number, refused_line(number, std::move(problem)));
  }

  Exchange& exchange_;
  ReferencePreparer preparer_;
  Flight flight_;
  std::vector<core::BulkReferences::Line> piece_;
  std::vector<core::PseudonymMove> moves_;
  std::size_t piece_lines_ = 0;
  std::size_t piece_bytes_ = 0;
  Counts counts_;
  std::vector<std::pair<std::uint64_t, std::string>> refused_;
};

/// The closing child: its counts, and how the request ended.
core::RecordDraft closing(const Exchange& exchange, const Counts& counts, const OrRefusal<void>& read) {
  auto draft = exchange.child(core::Actie::kRegistreren, "bulkverzoek afgesloten");
  draft.record.object = counts.object();
  if (read) {
    draft.conclude(core::Uitkomst::kToegestaan, 200);
    return draft;
  }
  const auto& problem = read.error().problem;
  const auto outcome = problem.status() >= 500 ? core::Uitkomst::kFout : core::Uitkomst::kOngeldig;
  draft.conclude(outcome, problem.status(), core::info(problem.code).text);
  return draft;
}

asio::awaitable<OrRefusal<core::Outcome>> log_one(Exchange& exchange, core::RecordDraft draft) {
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  co_return co_await exchange.log(std::move(records));
}

/// An upload that stopped half-way: what was done stays, and the parent record stands, so the answer names it also
/// where it is a 503 (docs/decisions/0005).
Refusal stopped(core::Problem problem, const Counts& counts, std::uint64_t parent) {
  // The words of a 503 elsewhere, that nothing was done, would not be true here.
  if (problem.status() >= 500) problem.detail = "Het bulkverzoek stopte halverwege; herhaal het in zijn geheel.";
  if (!problem.detail.empty()) problem.detail += ' ';
  problem.detail += "Verwerkt zijn ten minste " + std::to_string(counts.set) + " gezette en " +
                    std::to_string(counts.withdrawn) + " ingetrokken verwijzingen; die blijven staan.";
  return {std::move(problem), parent};
}

asio::awaitable<Reply> bulk(Exchange& exchange) {
  auto access = exchange.draft();
  access.record.object = "bulk";
  auto parent = co_await log_one(exchange, std::move(access));
  if (!parent) co_return std::unexpected(std::move(parent).error());

  BulkUpload upload(exchange, co_await asio::this_coro::executor);
  auto read = co_await read_lines(*exchange.request.stream, upload);
  auto settled = co_await upload.settle();
  if (read) read = std::move(settled);
  auto closed = co_await log_one(exchange, closing(exchange, upload.counts(), read));
  if (read && !closed) read = std::unexpected(std::move(closed).error());
  if (!read) {
    co_return std::unexpected(stopped(std::move(read).error().problem, upload.counts(), parent->log_index));
  }
  auto response = exchange.answer(*parent, upload.answer(), 200);
  response.content_type = kNdjson;
  co_return response;
}

}  // namespace

Routes reference_bulk_routes() {
  Routes rows;
  rows.push_back({.method = Method::kPost,
                  .path = "/v1/verwijzingen/bulk",
                  .name = "verwijzingen in bulk",
                  .actie = core::Actie::kRegistreren,
                  .roles = {core::Role::kBronhouder},
                  .accepts = {kNdjson},
                  .gives = {kNdjson},
                  .body_bytes_max = std::numeric_limits<std::size_t>::max(),
                  .streamed = true,
                  .idempotency = Idempotency::kRefused,
                  .on_behalf = core::RepresentedAct::kRegistreren,
                  .handle = bulk});
  return rows;
}

}  // namespace wissel::transport
