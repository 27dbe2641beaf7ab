#include "transport/pull/part.hpp"

#include <boost/json.hpp>

#include "core/json/write.hpp"
#include "core/messages/disclosure.hpp"
#include "core/messages/zaak_status.hpp"
#include "transport/metrics.hpp"
#include "transport/routes/trace.hpp"

namespace wissel::transport {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

Part ended(PartEnd end, std::string_view reason) {
  Part part;
  part.end = end;
  part.reason = reason;
  return part;
}

Part not_answered(ClientFault fault) {
  switch (fault) {
    case ClientFault::kTimedOut:
      return ended(PartEnd::kLate, "De bronhouder antwoordde niet op tijd.");
    case ClientFault::kAnswerTooLarge:
      return ended(PartEnd::kFaulty, "Het antwoord van de bronhouder is te groot.");
    case ClientFault::kAnswerInvalid:
      return ended(PartEnd::kFaulty, "Het antwoord van de bronhouder is geen HTTP.");
    case ClientFault::kBadUrl:
    case ClientFault::kAddressRefused:
      return ended(PartEnd::kUnreachable, "Het eindpunt van de bronhouder is geen adres dat mag worden aangeroepen.");
    case ClientFault::kTlsRefused:
      return ended(PartEnd::kUnreachable, "Het certificaat van de bronhouder wordt niet vertrouwd, of het onze niet.");
    case ClientFault::kOtherOrganisation:
      return ended(PartEnd::kUnreachable, "Het certificaat is van een andere organisatie.");
    case ClientFault::kOverloaded:
      return ended(PartEnd::kUnreachable, "Er wachten al te veel bevragingen op deze bronhouder.");
    case ClientFault::kConnectFailed:
    case ClientFault::kStopped:
      return ended(PartEnd::kUnreachable, "Er was geen verbinding met de bronhouder.");
    case ClientFault::kBroken:
      return ended(PartEnd::kUnreachable, "De verbinding met de bronhouder brak af.");
  }
  return ended(PartEnd::kUnreachable, "Er was geen verbinding met de bronhouder.");
}

/// Whether a failure says something about the holder, and not about how little time it was given or about us.
CallEnd call_end(const PullTerms& terms, Deadline began, const Part& part, const ClientResult& result) {
  if (!result && (result.error().fault == ClientFault::kStopped || result.error().fault == ClientFault::kOverloaded)) {
    return CallEnd::kAbandoned;
  }
  switch (part.end) {
    case PartEnd::kAnswered:
    case PartEnd::kRefused:
      return CallEnd::kSucceeded;
    case PartEnd::kLate:
      // Most of the time may have gone to recording the query.
      return terms.ask_until - began < (terms.ask_until - terms.started) / 2 ? CallEnd::kAbandoned : CallEnd::kFailed;
    case PartEnd::kUnreachable:
    case PartEnd::kFaulty:
    case PartEnd::kSkipped:
      return CallEnd::kFailed;
  }
  return CallEnd::kFailed;
}

/// The zaken that may be shown, as a JSON array.
Part disclosed(const Gateway& gateway, const PullTerms& terms, core::HolderAnswer answer) {
  if (answer.dropped > 0) {
    gateway.metrics.counter("wissel_pull_members_dropped_total", "Unknown members left out of holders' answers.", {})
        .add(static_cast<double>(answer.dropped));
  }
  auto shown = terms.agreement->filter->zaken(std::move(answer), terms.zaaktype);
  Part part;
  part.end = PartEnd::kAnswered;
  part.zaken = std::move(shown.text);
  part.zaken_count = shown.count;
  part.left_out = shown.left_out;
  return part;
}

/// One holder's answer to one question.
core::Hash question_to(const Gateway& gateway, const KeepTerms& keep, const core::Oin& holder) {
  return gateway.secrets.bodies.mac({"wissel:bewaard", core::as_view(keep.question), holder.view()});
}

std::optional<Part> kept_answer(const Gateway& gateway, const PullTerms& terms, const core::Oin& holder) {
  if (!terms.keep || !terms.keep->age_max) return std::nullopt;
  const Deadline now = SteadyClock::now();
  auto kept = gateway.statuses.find(question_to(gateway, *terms.keep, holder), *terms.keep->age_max, now);
  if (!kept) return std::nullopt;
  Part part;
  part.end = PartEnd::kAnswered;
  part.zaken = std::move(kept->zaken);
  part.zaken_count = kept->zaken_count;
  part.left_out = kept->left_out;
  part.age = std::chrono::ceil<std::chrono::seconds>(now - kept->asked);
  return part;
}

}  // namespace

std::string_view to_string(PartEnd end) noexcept {
  switch (end) {
    case PartEnd::kAnswered:
      return "beantwoord";
    case PartEnd::kLate:
      return "nietTijdig";
    case PartEnd::kUnreachable:
      return "onbereikbaar";
    case PartEnd::kRefused:
      return "geweigerd";
    case PartEnd::kFaulty:
      return "fout";
    case PartEnd::kSkipped:
      return "overgeslagen";
  }
  return "fout";
}

Part judge_answer(const Gateway& gateway, const PullTerms& terms, const ClientResult& result) {
  if (!result) return not_answered(result.error().fault);
  Part part;
  if (result->status == 200) {
    auto answer = core::HolderAnswer::parse(result->body);
    part = answer ? disclosed(gateway, terms, std::move(*answer))
                  : ended(PartEnd::kFaulty, "Het antwoord van de bronhouder heeft niet de afgesproken vorm.");
  } else if (result->status == 403) {
    part = ended(PartEnd::kRefused, "De bronhouder weigert deze bevraging.");
  } else {
    part = ended(PartEnd::kFaulty, "De bronhouder antwoordde met een andere status dan 200 of 403.");
  }
  part.http = result->status;
  return part;
}

asio::awaitable<Part> ask_holder(const Gateway& gateway, const PullTerms& terms, const Ask& ask) {
  if (auto kept = kept_answer(gateway, terms, ask.holder)) co_return std::move(*kept);
  if (ask.url.empty()) co_return ended(PartEnd::kUnreachable, "De bronhouder heeft geen eindpunt voor bevragingen.");
  if (ask.beyond_bound) co_return ended(PartEnd::kSkipped, "Er zijn meer bronhouders dan één bevraging mag vragen.");
  const Deadline began = SteadyClock::now();
  if (!gateway.breakers.try_begin(terms.caller, ask.holder, began)) {
    co_return ended(PartEnd::kSkipped, "De bronhouder is overgeslagen, omdat hij eerder niet antwoordde.");
  }
  ClientRequest request{
      .url = ask.url,
      .headers = {{"traceparent", format_traceparent(ask.record.record.trace_id, ask.record.record.span_id)},
                  {"Accept", "application/json"}},
      .body = terms.body,
      .expected_oin = ask.holder,
      .deadline = terms.ask_until,
      .answer_bytes_max = gateway.limits.pull_answer_bytes_max,
      .idempotent = true};
  const auto result = co_await gateway.clients.at(terms.io_thread).call(std::move(request));
  auto part = judge_answer(gateway, terms, result);
  const Deadline now = SteadyClock::now();
  gateway.breakers.end(terms.caller, ask.holder, call_end(terms, began, part, result), now);
  part.took = duration_cast<milliseconds>(now - began);
  part.asked = began;
  if (!result) {
    gateway.log.debug("holder did not answer", {{"holder", ask.holder.view()},
                                                {"fault", to_string(result.error().fault)},
                                                {"detail", std::string_view(result.error().detail)}});
  }
  co_return part;
}

void keep_answer(const Gateway& gateway, const PullTerms& terms, const core::Oin& holder, const Part& part) {
  if (!terms.keep || part.end != PartEnd::kAnswered || part.age) return;
  gateway.statuses.keep(question_to(gateway, *terms.keep, holder), terms.keep->under,
                        {part.zaken, part.zaken_count, part.left_out, part.asked});
}

void conclude(core::RecordDraft& draft, const PullTerms& terms, const Part& part, core::Instant now) {
  auto& record = draft.record;
  record.end_time = now;
  record.object = terms.object + ";uitkomst:" + std::string(to_string(part.end));
  if (part.end == PartEnd::kAnswered) record.object += ";zaken:" + std::to_string(part.zaken_count);
  if (part.age) record.object += ";ouderdomS:" + std::to_string(part.age->count());
  draft.object_if_refused = terms.object + ";uitkomst:" + std::string(to_string(PartEnd::kRefused));
  record.uitkomst = part.end == PartEnd::kAnswered  ? core::Uitkomst::kToegestaan
                    : part.end == PartEnd::kRefused ? core::Uitkomst::kGeweigerd
                                                    : core::Uitkomst::kFout;
  // LDV: Error is for faults of our own; a holder that fails is not one.
  record.status = part.end == PartEnd::kAnswered ? core::LogStatus::kOk : core::LogStatus::kUnset;
  if (part.http && *part.http >= 100 && *part.http <= 599) record.http = static_cast<std::uint16_t>(*part.http);
  // Not in the line, which the caller reads as well: it would tell of zaken that it may not see.
  if (terms.agreement->filter->bounded()) draft.add_annex({{}, {}, {}, part.left_out});
  draft.sealed = false;
}

std::string part_json(const core::Oin& holder, std::string_view naam, const Part& part,
                      std::optional<std::uint64_t> log_index) {
  std::string out = R"({"bronhouder":{"oin":")";
  out.reserve(part.zaken.view().size() + 256);
  out.append(holder.view()).append(R"(","naam":)");
  core::append_json_string(out, naam);
  out.append(R"(},"uitkomst":")").append(to_string(part.end));
  out.append(R"(","duurMs":)").append(std::to_string(part.took.count()));
  if (part.age) out.append(R"(,"ouderdomS":)").append(std::to_string(part.age->count()));
  if (part.end == PartEnd::kAnswered) out.append(R"(,"zaken":)").append(part.zaken.view());
  if (!part.reason.empty()) {
    out += R"(,"reden":)";
    core::append_json_string(out, part.reason);
  }
  if (log_index) out.append(R"(,"logIndex":)").append(std::to_string(*log_index));
  return out.append("}");
}

void count_part(const Gateway& gateway, const Part& part) {
  const core::MetricLabels labels{{"outcome", std::string(to_string(part.end))}};
  gateway.metrics.counter("wissel_pull_parts_total", "Parts of pulls by outcome.", labels).add();
  if (part.age) {
    gateway.metrics.counter("wissel_pull_parts_kept_total", "Parts answered with a status that was kept.", {}).add();
  }
  if (part.end == PartEnd::kSkipped || part.age) return;
  const std::chrono::duration<double> took = part.took;
  gateway.metrics
      .histogram("wissel_pull_part_duration_seconds", "From asking a holder to its answer.", latency_bounds(), labels)
      .observe(took.count());
}

}  // namespace wissel::transport
