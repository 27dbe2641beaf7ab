#include "core/policy/agreement_bounds.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

#include "core/policy/hours.hpp"

namespace wissel::core::codec {

namespace json = boost::json;

namespace {

constexpr std::size_t kHoursMax = 50;
constexpr std::size_t kSubjectKindCount = 7;

/// "08:30" → 510; "24:00" is the end of the day.
std::optional<std::uint16_t> minutes(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 100; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hour = digit(0) * 10 + digit(1);
  const int minute = digit(3) * 10 + digit(4);
  if (hour > 24 || minute > 59 || (hour == 24 && minute > 0)) return std::nullopt;
  return static_cast<std::uint16_t>(hour * 60 + minute);
}

std::uint16_t read_minutes(ObjectReader& in, std::string_view name) {
  const auto text = in.required_string(name, 5, 5);
  const auto read = text ? minutes(*text) : std::nullopt;
  if (text && !read) in.fault(name, ProblemCode::kFieldValue, "is geen tijd van 00:00 tot en met 24:00");
  return read.value_or(0);
}

Tijdvak read_hours_of(ObjectReader in) {
  Tijdvak out;
  const auto days = in.required_strings("dagen", 1, kDayWords.size(), 2);
  for (std::size_t i = 0; days && i < days->size(); ++i) {
    const auto day = std::ranges::find(kDayWords, (*days)[i]) - kDayWords.begin();
    if (day == static_cast<std::ptrdiff_t>(kDayWords.size())) {
      in.faults().add(in.pointer("dagen", i), ProblemCode::kFieldValue, "is geen dag: ma, di, wo, do, vr, za of zo");
      continue;
    }
    out.dagen = static_cast<std::uint8_t>(out.dagen | 1U << static_cast<unsigned>(day));
  }
  out.van = read_minutes(in, "van");
  out.tot = read_minutes(in, "tot");
  if (out.tot <= out.van) in.fault("tot", ProblemCode::kFieldValue, "ligt niet na van");
  in.finish();
  return out;
}

void read_hours(ObjectReader& in, Agreement& agreement) {
  const auto* list = in.optional_array("tijdvakken", 1, kHoursMax);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    agreement.tijdvakken.push_back(read_hours_of(ObjectReader((*list)[i], in.pointer("tijdvakken", i), in.faults())));
  }
}

json::array hours_json(const std::vector<Tijdvak>& hours) {
  json::array out;
  for (const auto& one : hours) {
    json::array days;
    for (std::size_t day = 0; day < kDayWords.size(); ++day) {
      if ((one.dagen >> day & 1U) != 0) days.push_back(json::value(kDayWords[day]));
    }
    json::object row{{"dagen", std::move(days)}, {"van", clock_text(one.van)}, {"tot", clock_text(one.tot)}};
    out.push_back(std::move(row));
  }
  return out;
}

void read_kinds(ObjectReader& in, Agreement& agreement) {
  const auto kinds = in.optional_strings("onderwerpsoorten", 1, kSubjectKindCount, 20);
  for (std::size_t i = 0; kinds && i < kinds->size(); ++i) {
    if (const auto kind = parse_subject_kind((*kinds)[i])) {
      agreement.onderwerpsoorten.add(*kind);
    } else {
      in.faults().add(in.pointer("onderwerpsoorten", i), ProblemCode::kFieldValue, "is geen soort onderwerp");
    }
  }
}

}  // namespace

void read_bounds(ObjectReader& in, Agreement& agreement) {
  read_kinds(in, agreement);
  if (in.has("gebeurtenistypen")) agreement.gebeurtenistypen = read_sorted_strings(in, "gebeurtenistypen", 200);
  constexpr std::int64_t kPerMinuteMax = 100'000'000;
  constexpr std::int64_t kSubjectsMax = 1'000;  // of one search
  if (const auto* value = in.optional_object("quota")) {
    ObjectReader quota(*value, in.pointer("quota"), in.faults());
    if (const auto given = quota.required_int("perMinuut", 1, kPerMinuteMax)) {
      agreement.per_minuut = static_cast<std::uint32_t>(*given);
    }
    quota.finish();
  }
  if (const auto from = in.optional_int("vierOgenVanaf", 1, kSubjectsMax)) {
    agreement.vier_ogen_vanaf = static_cast<std::uint32_t>(*from);
  }
  read_hours(in, agreement);
}

void put_bounds(const Agreement& agreement, json::object& out) {
  if (!agreement.onderwerpsoorten.empty()) {
    json::array kinds;
    for (std::size_t i = 0; i < kSubjectKindCount; ++i) {
      const auto kind = static_cast<SubjectKind>(i);
      if (agreement.onderwerpsoorten.has(kind)) kinds.push_back(json::value(to_string(kind)));
    }
    out["onderwerpsoorten"] = std::move(kinds);
  }
  if (agreement.gebeurtenistypen) out["gebeurtenistypen"] = strings(*agreement.gebeurtenistypen);
  if (!agreement.tijdvakken.empty()) out["tijdvakken"] = hours_json(agreement.tijdvakken);
  if (agreement.per_minuut) out["quota"] = json::object{{"perMinuut", *agreement.per_minuut}};
  if (agreement.vier_ogen_vanaf) out["vierOgenVanaf"] = *agreement.vier_ogen_vanaf;
}

}  // namespace wissel::core::codec
