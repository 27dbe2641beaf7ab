#include "core/policy/codec_parts.hpp"

#include <boost/json.hpp>

#include <algorithm>

#include "core/json/parse.hpp"

namespace wissel::core::codec {

namespace json = boost::json;

namespace {

// First byte of a value in family entity. Never renumber.
constexpr char kFormat = 1;
constexpr std::size_t kPartiesMax = 1'000;
constexpr std::size_t kListMax = 1'000;

}  // namespace

json::array oins(const std::vector<Oin>& values) {
  json::array out;
  for (const auto& oin : values) out.push_back(json::value(oin.view()));
  return out;
}

std::vector<Oin> read_oins(ObjectReader& in, std::string_view name, std::size_t min) {
  std::vector<Oin> out;
  const auto texts = min > 0 ? in.required_strings(name, min, kPartiesMax, Oin::kLength)
                             : in.optional_strings(name, 0, kPartiesMax, Oin::kLength);
  if (!texts) return out;
  for (std::size_t i = 0; i < texts->size(); ++i) {
    if (auto oin = Oin::parse((*texts)[i])) {
      out.push_back(*oin);
    } else {
      in.faults().add(in.pointer(name, i), ProblemCode::kFieldValue, "is geen OIN");
    }
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::vector<std::string> read_sorted_strings(ObjectReader& in, std::string_view name, std::size_t length_max) {
  auto out = in.optional_strings(name, 0, kListMax, length_max).value_or(std::vector<std::string>{});
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

Result<Stored> open_stored(std::string_view value) {
  const auto damaged = [] {
    return fail(Errc::kCorrupt, "family entity: a value does not have the form of this version");
  };
  if (value.empty() || value.front() != kFormat) return damaged();
  auto parsed = parse_json(value.substr(1));
  if (!parsed || !parsed->is_object()) return damaged();
  Stored out{std::move(parsed->get_object()), 0};
  const auto* version = out.object.if_contains("versie");
  if (version == nullptr) return damaged();
  boost::system::error_code not_whole;
  out.version = version->to_number<std::uint64_t>(not_whole);
  if (not_whole) return damaged();
  out.object.erase("versie");
  return out;
}

std::string store(const json::object& object) { return std::string(1, kFormat) + json::serialize(object); }

}  // namespace wissel::core::codec
