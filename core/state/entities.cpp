#include "core/state/entities.hpp"

namespace wissel::core {

Result<void> refuse_version(Applying& on) {
  return on.refuse({ProblemCode::kVersionDiffers, "De gegevens zijn intussen gewijzigd.", {}});
}

Result<void> refuse_unknown(Applying& on) {
  return on.refuse({ProblemCode::kNotFound, "Er is niets met deze id.", {}});
}

void store_entity(Applying& on, EntityKind kind, std::string_view id, std::uint64_t version, const std::string& value) {
  on.batch.put(Family::kEntity, entity_key(kind, id), value);
  on.batch.put(Family::kEntityHistory, entity_history_key(kind, id, version), value);
}

Result<void> succeed(Applying& on, std::uint16_t status, std::uint64_t version, std::string body) {
  on.outcome.status = status;
  on.outcome.version = version;
  on.outcome.body = std::move(body);
  return on.log_access(Uitkomst::kToegestaan, status);
}

}  // namespace wissel::core
