// JSON in and out: strict parsing, typed reading, and the forms that are written.
#include <benchmark/benchmark.h>
#include <boost/json/serialize.hpp>

#include <string>

#include "core/json/object_reader.hpp"
#include "core/json/parse.hpp"
#include "core/json/write.hpp"
#include "core/messages/basis.hpp"
#include "core/messages/cloud_event.hpp"
#include "core/messages/subject_codec.hpp"

namespace wissel::core {
namespace {

const std::string kSearch =
    R"({"onderwerp":{"soort":"bsn","waarde":"999990019"},"grondslag":{"uitwisselafspraak":)"
    R"("01a20323-5ff1-75c1-9e51-77bbff572251"},"gebruiker":{"id":"m-1042","soort":"medewerker"}})";

const std::string kEvent =
    R"({"specversion":"1.0","type":"nl.overheid.zaken.zaakstatus-gewijzigd","id":"a1",)"
    R"("source":"urn:nld:oin:00000099000000101000:systeem:zaken","subject":"ZAAK-0000001",)"
    R"("time":"2026-11-22T12:00:00Z","datacontenttype":"application/json","data":{"zaak":{)"
    R"("identificatie":"ZAAK-0000001","bronorganisatie":"00000099000000101000",)"
    R"("zaaktype":{"code":"B0001","omschrijving":"Aanvraag behandelen"}},"status":{)"
    R"("omschrijving":"In behandeling genomen","statusgroep":"in_behandeling","volgnummer":2,)"
    R"("gezetOp":"2026-11-22T12:00:00Z"},"verwachting":{"datum":"2026-12-01","aard":"indicatief"}}})";

void count_bytes(benchmark::State& state, const std::string& text) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void parse_search(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_json(kSearch));
  count_bytes(state, kSearch);
}
BENCHMARK(parse_search);

void read_search_members(benchmark::State& state) {
  const auto value = parse_json(kSearch).value();
  for (auto _ : state) {
    Faults faults;
    ObjectReader in(value, "", faults);
    benchmark::DoNotOptimize(read_subject(*in.required_object("onderwerp"), in.pointer("onderwerp"), faults));
    benchmark::DoNotOptimize(read_basis(*in.required_object("grondslag"), in.pointer("grondslag"), faults));
    benchmark::DoNotOptimize(read_acting_user(*in.required_object("gebruiker"), in.pointer("gebruiker"), faults));
    in.finish();
    if (!faults.empty()) state.SkipWithError("faults in a body that has none");
  }
}
BENCHMARK(read_search_members);

void parse_event(benchmark::State& state) {
  for (auto _ : state) {
    auto event = parse_cloud_event(kEvent);
    if (!event) state.SkipWithError("the event is refused");
    benchmark::DoNotOptimize(event);
  }
  count_bytes(state, kEvent);
}
BENCHMARK(parse_event);

void write_event(benchmark::State& state) {
  const auto event = parse_cloud_event(kEvent).value();
  for (auto _ : state) benchmark::DoNotOptimize(event.text());
  count_bytes(state, kEvent);
}
BENCHMARK(write_event);

void canonical_event(benchmark::State& state) {
  const auto value = parse_json(kEvent).value();
  for (auto _ : state) benchmark::DoNotOptimize(jcs(value));
  count_bytes(state, kEvent);
}
BENCHMARK(canonical_event);

void append_string(benchmark::State& state) {
  const std::string text = "Gemeente 's-Gravenhage, \"afdeling Burgerzaken\"";
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_json_string(out, text);
    benchmark::DoNotOptimize(out.data());
  }
  count_bytes(state, text);
}
BENCHMARK(append_string);

}  // namespace
}  // namespace wissel::core

BENCHMARK_MAIN();
