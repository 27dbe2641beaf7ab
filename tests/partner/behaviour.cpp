#include "tests/partner/behaviour.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace wissel::partner {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, Kind>, 8> kKinds{{
    {"goed", Kind::kGood},
    {"vertraging", Kind::kDelay},
    {"fout", Kind::kError},
    {"hangt", Kind::kHang},
    {"onzin", Kind::kGarbage},
    {"verkeerdeVorm", Kind::kWrongShape},
    {"certificaat", Kind::kCertificate},
    {"verbreekt", Kind::kBreak},
}};
constexpr std::array<std::string_view, kOperations> kOperationNames{"bevraging", "gebeurtenis"};
constexpr std::array<std::string_view, 6> kMembers{"op", "soort", "ms", "status", "retryAfterS", "aantal"};

using Count = std::expected<std::optional<std::uint64_t>, std::string>;

Count count(const json::object& of, std::string_view name, std::uint64_t least, std::uint64_t most) {
  const auto* found = of.if_contains(name);
  if (!found) return std::optional<std::uint64_t>();
  json::error_code wrong;
  const auto number = found->to_number<std::uint64_t>(wrong);
  if (wrong || number < least || number > most) {
    return std::unexpected(std::string(name) + ": een geheel getal van " + std::to_string(least) + " tot en met " +
                           std::to_string(most));
  }
  return std::optional(number);
}

// Counts one use; after the last the behaviour is good again, the returned copy still as it was.
Behaviour use(Behaviour& active) {
  const Behaviour now = active;
  if (active.remaining && --*active.remaining == 0) active = Behaviour{};
  return now;
}

std::expected<Behaviour, std::string> parse(const json::object& request) {
  for (const auto& [name, value] : request) {
    if (std::find(kMembers.begin(), kMembers.end(), std::string_view(name)) == kMembers.end()) {
      return std::unexpected("onbekend veld: " + std::string(name));
    }
  }
  const auto* kind = request.if_contains("soort");
  const auto row = std::find_if(kKinds.begin(), kKinds.end(), [kind](const auto& known) {
    return kind && kind->is_string() && std::string_view(kind->get_string()) == known.first;
  });
  if (row == kKinds.end()) return std::unexpected("soort: onbekend");

  const auto delay_ms = count(request, "ms", 0, 3'600'000);
  const auto status = count(request, "status", 300, 599);
  const auto retry_after_s = count(request, "retryAfterS", 0, 86'400);
  const auto requests = count(request, "aantal", 1, 1'000'000'000);
  for (const auto* number : {&delay_ms, &status, &retry_after_s, &requests}) {
    if (!*number) return std::unexpected(number->error());
  }
  Behaviour parsed;
  parsed.kind = row->second;
  if (*delay_ms) parsed.delay = std::chrono::milliseconds(**delay_ms);
  if (*status) parsed.status = static_cast<unsigned>(**status);
  parsed.retry_after_s = *retry_after_s;
  parsed.remaining = *requests;
  return parsed;
}

json::object shown_one(const Behaviour& behaviour) {
  const auto row = std::find_if(kKinds.begin(), kKinds.end(),
                                [&behaviour](const auto& known) { return known.second == behaviour.kind; });
  json::object shown{{"soort", row->first}};
  if (behaviour.kind == Kind::kDelay) shown["ms"] = behaviour.delay.count();
  if (behaviour.kind == Kind::kError) shown["status"] = behaviour.status;
  if (behaviour.retry_after_s) shown["retryAfterS"] = *behaviour.retry_after_s;
  if (behaviour.remaining) shown["aantal"] = *behaviour.remaining;
  return shown;
}

}  // namespace

Behaviours::Behaviours() {
  for (auto& active : active_) active = std::make_shared<Behaviour>();
}

std::expected<void, std::string> Behaviours::set(const json::value& request) {
  if (!request.is_object()) return std::unexpected("een object");
  const auto& members = request.get_object();
  const auto* named = members.if_contains("op");
  const std::string op = named && named->is_string() ? std::string(named->get_string()) : std::string();
  const bool known =
      op == "alles" || std::find(kOperationNames.begin(), kOperationNames.end(), op) != kOperationNames.end();
  if (!known) return std::unexpected("op: bevraging, gebeurtenis of alles");
  const auto parsed = parse(members);
  if (!parsed) return std::unexpected(parsed.error());

  const auto shared = std::make_shared<Behaviour>(*parsed);
  for (std::size_t i = 0; i < kOperations; ++i) {
    if (op == "alles" || op == kOperationNames[i]) active_[i] = shared;
  }
  return {};
}

Behaviour Behaviours::take(Operation operation) {
  auto& active = *active_[static_cast<std::size_t>(operation)];
  return active.kind == Kind::kCertificate ? active : use(active);
}

bool Behaviours::other_certificate() const {
  return std::any_of(active_.begin(), active_.end(),
                     [](const auto& active) { return active->kind == Kind::kCertificate; });
}

bool Behaviours::take_other_certificate() {
  for (auto& active : active_) {
    if (active->kind != Kind::kCertificate) continue;
    use(*active);
    return true;
  }
  return false;
}

json::object Behaviours::shown() const {
  json::object shown;
  for (std::size_t i = 0; i < kOperations; ++i) shown[kOperationNames[i]] = shown_one(*active_[i]);
  return shown;
}

}  // namespace wissel::partner
