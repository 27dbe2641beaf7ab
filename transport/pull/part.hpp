#pragma once
// One holder's part of a pull: what it is asked, what came of it, and how that is told and recorded.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/messages/disclosure.hpp"
#include "core/state/command.hpp"
#include "core/state/view.hpp"
#include "transport/pull/breaker.hpp"
#include "transport/pull/status_cache.hpp"
#include "transport/routes/gateway.hpp"

namespace wissel::transport {

/// How a part ended. The words are the API's: never rename.
enum class PartEnd : std::uint8_t { kAnswered, kLate, kUnreachable, kRefused, kFaulty, kSkipped };
/// "beantwoord", "nietTijdig", "onbereikbaar", "geweigerd", "fout", "overgeslagen".
[[nodiscard]] std::string_view to_string(PartEnd end) noexcept;

/// What an agreement's `bewaartermijnStatus` brings about in one pull.
struct KeepTerms {
  core::Hash question;                          ///< what each holder is asked, but for ids and deadlines; keyed
  std::optional<std::chrono::seconds> age_max;  ///< that the caller accepts; absent: only what is said now
  KeptUnder under;
};

/// What the parts of one pull have in common. Shared by them, because a part may end after its request.
struct PullTerms {
  std::shared_ptr<const core::View> view;  ///< keeps the agreement alive
  const core::Agreement* agreement = nullptr;
  core::Oin caller;
  std::optional<std::string> zaaktype;  ///< asked for
  std::string body;                     ///< what each holder is sent
  std::string object;                   ///< of each part's record
  Deadline started;
  Deadline ask_until;  ///< holders answer before this
  Deadline answer_by;  ///< parts recorded by then are in the answer
  std::size_t io_thread = 0;
  std::optional<core::OnBehalf> on_behalf{};  ///< somebody asks for `caller`
  std::optional<KeepTerms> keep{};            ///< absent: answers are not kept
  std::optional<core::Judged> judged{};       ///< decided anew for each part, where the network has changed since
};

/// One holder to ask.
struct Ask {
  core::Oin holder;
  std::string naam;
  std::string url;            ///< empty: it has registered none
  bool beyond_bound = false;  ///< more holders than one pull may ask
  core::RecordDraft record;   ///< of this part; its span is that of the call
};

struct Part {
  PartEnd end = PartEnd::kLate;
  std::string_view reason;  ///< a literal, Dutch; empty for kAnswered
  core::Disclosed zaken;    ///< JSON array, for kAnswered
  std::size_t zaken_count = 0;
  core::LeftOut left_out;
  std::chrono::milliseconds took{0};
  std::optional<unsigned> http;             ///< the holder's status, where it answered
  std::optional<std::chrono::seconds> age;  ///< of an answer that was kept, rounded up; absent: given now
  Deadline asked;                           ///< its holder, where it was
};

/// Asks one holder and judges its answer under the agreement, or takes the answer that was kept, where the caller
/// accepts its age. Never waits beyond `ask_until`. What it is given outlives it.
asio::awaitable<Part> ask_holder(const Gateway& gateway, const PullTerms& terms, const Ask& ask);
/// Keeps what a holder answered just now, where the agreement sets a term for it. Call it when the part is recorded.
void keep_answer(const Gateway& gateway, const PullTerms& terms, const core::Oin& holder, const Part& part);

/// A holder's answer under the terms of the pull.
[[nodiscard]] Part judge_answer(const Gateway& gateway, const PullTerms& terms, const ClientResult& result);

/// Fills in how the part ended; seals nothing.
void conclude(core::RecordDraft& record, const PullTerms& terms, const Part& part, core::Instant now);
/// {"bronhouder", "uitkomst", "duurMs", "ouderdomS"?, "zaken"?, "reden"?, "logIndex"?}
[[nodiscard]] std::string part_json(const core::Oin& holder, std::string_view naam, const Part& part,
                                    std::optional<std::uint64_t> log_index);
/// Counts it, by outcome.
void count_part(const Gateway& gateway, const Part& part);

}  // namespace wissel::transport
