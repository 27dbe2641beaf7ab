// The filter of an agreement: what it costs to show an event, with and without fields to leave out.
#include <benchmark/benchmark.h>

#include <string>

#include "core/messages/cloud_event.hpp"
#include "core/messages/disclosure.hpp"

namespace wissel::core {
namespace {

const std::string kStatus =
    R"({"zaak":{"identificatie":"ZAAK-0000001","bronorganisatie":"00000099000000101000",)"
    R"("zaaktype":{"code":"B0001","omschrijving":"Aanvraag behandelen"},"titel":"Dakkapel"},"status":{)"
    R"("omschrijving":"In behandeling genomen","statusgroep":"in_behandeling","volgnummer":2,)"
    R"("gezetOp":"2026-11-22T12:00:00Z","toelichting":"Wij hebben alles wat wij nodig hebben."},)"
    R"("verwachting":{"datum":"2026-12-01","aard":"indicatief"}})";
const std::string kEvent =
    R"({"specversion":"1.0","type":"nl.overheid.zaken.zaakstatus-gewijzigd","id":"a1",)"
    R"("source":"urn:nld:oin:00000099000000101000:systeem:zaken","subject":"ZAAK-0000001","data":)" +
    kStatus + "}";

Agreement agreed(bool fields) {
  Agreement out;
  if (fields) out.velden = {"zaak.identificatie", "zaak.zaaktype", "status.omschrijving", "status.statusgroep"};
  return out;
}

EventFacts facts() {
  return {.sender = Oin::parse("00000099000000101000").value(),
          .type = std::string(kZaakStatusEventType),
          .zaaktype = "B0001",
          .vertrouwelijkheid = Vertrouwelijkheid::kZaakvertrouwelijk,
          .categorie = {},
          .subjects = {},
          .about = {}};
}

/// An event on its way out; its copy counts, since each attempt reads one.
void show_event(benchmark::State& state) {
  const StatusFilter filter(agreed(state.range(0) != 0));
  const auto about = facts();
  for (auto _ : state) {
    auto shown = filter.event(Undisclosed(kEvent), about);
    if (!shown) state.SkipWithError("the event is refused");
    benchmark::DoNotOptimize(shown);
  }
}
BENCHMARK(show_event)->ArgName("fields")->Arg(0)->Arg(1);

void parse_and_show_answer(benchmark::State& state) {
  const StatusFilter filter(agreed(state.range(0) != 0));
  const Undisclosed answer(R"({"zaken":[)" + kStatus + "]}");
  for (auto _ : state) {
    auto shown = filter.zaken(HolderAnswer::parse(answer).value(), {});
    if (shown.count != 1) state.SkipWithError("the zaak is not shown");
    benchmark::DoNotOptimize(shown);
  }
}
BENCHMARK(parse_and_show_answer)->ArgName("fields")->Arg(0)->Arg(1);

void compile_filter(benchmark::State& state) {
  const auto agreement = agreed(true);
  for (auto _ : state) benchmark::DoNotOptimize(StatusFilter(agreement));
}
BENCHMARK(compile_filter);

}  // namespace
}  // namespace wissel::core

BENCHMARK_MAIN();
