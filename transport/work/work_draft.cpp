#include "transport/work/work_draft.hpp"

#include "core/crypto.hpp"
#include "transport/routes/trace.hpp"

namespace wissel::transport {

core::RecordDraft work_draft(const core::View& view, core::Instant now, core::Actie actie, std::string name,
                             const std::optional<core::Oin>& party) {
  core::RecordDraft draft;
  core::random_bytes(draft.salt);
  auto& record = draft.record;
  core::random_bytes(record.trace_id);
  record.span_id = random_span();
  record.start_time = now;
  record.end_time = now;
  record.status = core::LogStatus::kOk;
  record.name = std::move(name);
  record.actie = actie;
  record.oin = party;
  record.stand = view.edge.size();
  if (party) draft.parties.push_back(*party);
  return draft;
}

}  // namespace wissel::transport
