#include "core/state/draft.hpp"

namespace wissel::core {

void RecordDraft::seal() {
  line = encode_line(record);
  commitment = record_commitment(salt, line);
  sealed = true;
}

void RecordDraft::conclude(Uitkomst outcome, std::uint16_t http, std::string_view code) {
  if (record.uitkomst == outcome && record.http == http && record.code == code) return;
  record.uitkomst = outcome;
  record.http = http;
  record.code = code;
  record.status = outcome == Uitkomst::kToegestaan ? LogStatus::kOk
                  : outcome == Uitkomst::kFout     ? LogStatus::kError
                                                   : LogStatus::kUnset;
  sealed = false;
}

}  // namespace wissel::core
