// POST /v1/verwijzingen/synchronisaties: a holder's full set, written beside the one that is seen and then switched.
#include <boost/asio/this_coro.hpp>

#include <limits>

#include "core/messages/reference_codec.hpp"
#include "transport/routes/active_uploads.hpp"
#include "transport/routes/ndjson.hpp"
#include "transport/routes/prepare_reference.hpp"
#include "transport/routes/references.hpp"

namespace wissel::transport {
namespace {

/// Faults of an upload that are named; as many as those of one body.
constexpr std::size_t kFaultsNamedMax = core::Faults::kFaultsMax;

/// The lines of one upload. A refused line spoils it: the rest is read for its faults, nothing more is written.
class SyncUpload final : public LineSink {
 public:
  SyncUpload(Exchange& exchange, const core::Uuid& id, asio::any_io_executor executor)
      : exchange_(exchange),
        id_(id),
        preparer_(exchange.gateway, exchange.caller),
        flight_(exchange.gateway.sequencer, exchange.request.io_thread, std::move(executor)) {}

  void take(const NdjsonLine& line) override {
    ++lines_;
    if (line.too_long) return spoil(line.number, too_long_line());
    auto parsed = core::parse_full_set_line(line.text);
    if (!parsed) return spoil(line.number, std::move(parsed).error());
    if (spoiled_) return;
    piece_bytes_ += line.text.size();
    piece_.push_back(preparer_.prepare(*parsed));
    preparer_.append_moves(*parsed, moves_);
  }

  [[nodiscard]] bool full() const override { return piece_.size() >= kPieceLinesMax || piece_bytes_ >= kPieceBytesMax; }

  asio::awaitable<OrRefusal<void>> send() override {
    piece_bytes_ = 0;
    auto landed = co_await settle();
    if (!landed || piece_.empty()) co_return landed;
    auto command = exchange_.command(core::SyncLines{exchange_.caller, id_, std::exchange(piece_, {})});
    command.moves = std::exchange(moves_, {});
    if (!spoiled_) flight_.launch(std::move(command));
    co_return OrRefusal<void>{};
  }

  /// Waits for the piece that is being written.
  asio::awaitable<OrRefusal<void>> settle() {
    if (!flight_.under_way()) co_return OrRefusal<void>{};
    auto outcome = or_refusal(co_await flight_.land());
    if (!outcome) co_return std::unexpected(std::move(outcome).error());
    co_return OrRefusal<void>{};
  }

  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }
  /// Why the set cannot be taken, when a line was refused.
  [[nodiscard]] std::optional<core::Problem> take_spoiled() { return std::exchange(spoiled_, std::nullopt); }

 private:
  /// Places are pointers into the upload as a list: "/17/zaak/identificatie", lines counted from 1.
  void spoil(std::uint64_t number, core::Problem problem) {
    const std::string place = "/" + std::to_string(number);
    if (!spoiled_) {
      spoiled_ = core::Problem{problem.code, "De verzameling is niet overgenomen: er zijn regels geweigerd.", {}};
    }
    if (spoiled_->code != problem.code) spoiled_->code = core::ProblemCode::kInputInvalid;
    if (problem.params.empty()) problem.params.push_back({"", problem.code, problem.detail});
    for (auto& param : problem.params) {
      if (spoiled_->params.size() == kFaultsNamedMax) return;
      spoiled_->params.push_back({place + param.name, param.code, std::move(param.reason)});
    }
  }

  Exchange& exchange_;
  const core::Uuid id_;
  ReferencePreparer preparer_;
  Flight flight_;
  std::vector<core::ReferenceChange> piece_;
  std::vector<core::PseudonymMove> moves_;
  std::size_t piece_bytes_ = 0;
  std::uint64_t lines_ = 0;
  std::optional<core::Problem> spoiled_;
};

core::RecordDraft child(const Exchange& exchange, std::string name, std::string object) {
  auto draft = exchange.child(core::Actie::kRegistreren, std::move(name));
  draft.record.object = std::move(object);
  return draft;
}

std::string object_of(const core::Uuid& upload) { return "synchronisatie:" + upload.str(); }

asio::awaitable<OrRefusal<void>> abandon(Exchange& exchange, core::Uuid upload) {
  auto command = exchange.command(core::AbandonSync{exchange.caller, upload});
  command.on_behalf.reset();  // what somebody may go on with no longer is given up all the same
  command.records.push_back(child(exchange, "synchronisatie afgebroken", object_of(upload)));
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return OrRefusal<void>{};
}

/// Finishes what earlier synchronisations of this holder left to be done, so that the next can begin at once. An
/// upload that a request is still busy with is left alone.
asio::awaitable<OrRefusal<void>> finish_earlier(Exchange& exchange, const ActiveUploads& active) {
  while (true) {
    const auto view = exchange.gateway.views.view();
    const auto holder = view->parties->number(exchange.caller);
    const auto at = holder ? view->syncs->find(*holder) : view->syncs->end();
    if (at == view->syncs->end()) co_return OrRefusal<void>{};
    const auto& sync = at->second;
    if (sync.open) {
      if (active.contains(sync.upload)) co_return OrRefusal<void>{};
      auto given_up = co_await abandon(exchange, sync.upload);
      if (!given_up) co_return given_up;
      continue;
    }
    if (sync.phase == core::SyncState::Phase::kNone) co_return OrRefusal<void>{};
    auto command = exchange.command(core::ContinueSync{exchange.caller, child(exchange, {}, {})});
    auto outcome = co_await exchange.commit(std::move(command));
    if (!outcome) co_return std::unexpected(std::move(outcome).error());
  }
}

asio::awaitable<OrRefusal<core::Outcome>> begin(Exchange& exchange, core::Uuid upload) {
  auto access = exchange.draft();
  access.record.object = object_of(upload);
  auto command = exchange.command(core::BeginSync{exchange.caller, upload});
  command.records.push_back(std::move(access));
  co_return co_await exchange.commit(std::move(command));
}

/// Reads the set and switches to it. Whatever refuses here leaves the upload open.
asio::awaitable<OrRefusal<std::uint64_t>> read_and_switch(Exchange& exchange, core::Uuid id) {
  SyncUpload upload(exchange, id, co_await asio::this_coro::executor);
  auto read = co_await read_lines(*exchange.request.stream, upload);
  auto settled = co_await upload.settle();
  if (!read) co_return std::unexpected(std::move(read).error());
  if (!settled) co_return std::unexpected(std::move(settled).error());
  if (auto spoiled = upload.take_spoiled()) co_return refusal(std::move(*spoiled));

  auto command = exchange.command(core::SwitchSync{exchange.caller, id});
  command.records.push_back(
      child(exchange, "synchronisatie omgeschakeld", object_of(id) + ";regels:" + std::to_string(upload.lines())));
  auto switched = co_await exchange.commit(std::move(command));
  if (!switched) co_return std::unexpected(std::move(switched).error());
  co_return upload.lines();
}

asio::awaitable<Reply> synchronise(Exchange& exchange, std::shared_ptr<ActiveUploads> active) {
  auto ready = co_await finish_earlier(exchange, *active);
  if (!ready) co_return std::unexpected(std::move(ready).error());
  core::Uuid::Randomness random{};
  core::random_bytes(random);
  const auto id = core::Uuid::v7(exchange.now, random);
  const ActiveUploads::Hold hold(active, id);
  auto parent = co_await begin(exchange, id);
  if (!parent) co_return std::unexpected(std::move(parent).error());

  auto lines = co_await read_and_switch(exchange, id);
  if (lines) co_return exchange.answer(*parent, R"({"regels":)" + std::to_string(*lines) + "}", 200);
  // When this cannot be written either, the next upload gives this one up.
  const auto abandoned = co_await abandon(exchange, id);
  if (!abandoned) exchange.gateway.log.warn("synchronisation left open", {{"upload", id.str()}});
  co_return std::unexpected(Refusal(std::move(lines).error().problem, parent->log_index));
}

}  // namespace

Routes reference_sync_routes() {
  auto active = std::make_shared<ActiveUploads>();
  Routes rows;
  rows.push_back({.method = Method::kPost,
                  .path = "/v1/verwijzingen/synchronisaties",
                  .name = "verwijzingen synchroniseren",
                  .actie = core::Actie::kRegistreren,
                  .roles = {core::Role::kBronhouder},
                  .accepts = {kNdjson},
                  .gives = {kJson},
                  .body_bytes_max = std::numeric_limits<std::size_t>::max(),
                  .streamed = true,
                  .idempotency = Idempotency::kRefused,
                  .on_behalf = core::RepresentedAct::kRegistreren,
                  .handle = [active](Exchange& exchange) { return synchronise(exchange, active); }});
  return rows;
}

}  // namespace wissel::transport
