// Brakes that are tripped and let go, and what parties' own normal is.
#include <boost/json.hpp>

#include "core/limits/brake.hpp"
#include "core/state/entities.hpp"

namespace wissel::core {
namespace {

constexpr std::uint64_t kTrippedVersion = 1;
constexpr std::uint64_t kReleasedVersion = 2;

void change(Applying& on, const std::function<void(Brakes&)>& how) {
  auto next = std::make_shared<Brakes>(*on.state.brakes);  // readers keep the old ones
  how(*next);
  on.state.brakes = std::move(next);
  on.state.notices.brakes_changed = true;
}

void keep(Applying& on, const Normal& normal) {
  on.batch.put(Family::kMeta, normal_key(normal.party, normal.agreement), encode(normal));
}

}  // namespace

Result<void> apply_effect(Applying& on, TripBrake& effect) {
  const auto& brake = effect.brake;
  if (find_brake(*on.state.brakes, brake.party, brake.agreement) == nullptr) {
    store_entity(on, EntityKind::kBrake, brake.id.view(), kTrippedVersion, encode(brake));
    change(on, [&](Brakes& brakes) { brakes.emplace(brake.id, brake); });
  }
  const auto& code = info(ProblemCode::kBraked);
  on.outcome.status = code.status;
  return on.log_access(Uitkomst::kGeweigerd, code.status, code.text);
}

Result<void> apply_effect(Applying& on, ReleaseBrake& effect) {
  const auto at = on.state.brakes->find(effect.id);
  if (at == on.state.brakes->end()) return refuse_unknown(on);
  Brake released = at->second;
  released.released = effect.reason;
  on.batch.remove(Family::kEntity, entity_key(EntityKind::kBrake, released.id.view()));
  on.batch.put(Family::kEntityHistory, entity_history_key(EntityKind::kBrake, released.id.view(), kReleasedVersion),
               encode(released));
  keep(on, {released.party, released.agreement, static_cast<float>(released.asked), effect.minutes});
  change(on, [&](Brakes& brakes) { brakes.erase(effect.id); });
  return succeed(on, 200, 0, boost::json::serialize(to_json(released)));
}

Result<void> apply_effect(Applying& on, KeepNormals& effect) {
  for (const auto& normal : effect.changed) keep(on, normal);
  for (const auto& normal : effect.gone) on.batch.remove(Family::kMeta, normal_key(normal.party, normal.agreement));
  return {};
}

}  // namespace wissel::core
