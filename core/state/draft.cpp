#include "core/state/draft.hpp"

#include <algorithm>

#include "core/crypto.hpp"

namespace wissel::core {

std::vector<Oin> holders_of(std::span<const Shielded> all) {
  std::vector<Oin> out;
  out.reserve(all.size());
  for (const auto& each : all) out.push_back(each.holder);
  return out;
}

void RecordDraft::seal() {
  line = encode_line(record);
  commitment = record_commitment(salt, line);
  sealed = true;
}

void RecordDraft::add_annex(const Annex& content) {
  SaltedAnnex salted;
  random_bytes(salted.salt);
  salted.bytes = encode_annex(content);
  record.bijlage = annex_hash(salted.salt, salted.bytes);
  annex = std::move(salted);
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

RecordDraft derive_draft(const RecordDraft& lent, std::uint64_t number) {
  RecordDraft out;
  out.record = lent.record;
  out.parties = lent.parties;
  std::string counter;
  append_u64(counter, number);
  const Hash hash = sha256({"wissel:afgeleide regel", as_view(lent.salt), counter});
  std::copy_n(hash.begin(), out.salt.size(), out.salt.begin());
  std::copy_n(hash.begin() + out.salt.size(), out.record.span_id.size(), out.record.span_id.begin());
  return out;
}

}  // namespace wissel::core
