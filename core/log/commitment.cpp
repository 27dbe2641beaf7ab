#include "core/log/commitment.hpp"

#include <algorithm>

#include "core/crypto.hpp"

namespace wissel::core {

namespace {

using namespace std::string_view_literals;

}  // namespace

Hash record_commitment(const Salt& salt, std::string_view line) {
  return sha256({"wissel-record-v1\0"sv, as_view(salt), line});
}

Hash annex_hash(const Salt& salt, std::string_view annex) {
  return sha256({"wissel-bijlage-v1\0"sv, as_view(salt), annex});
}

Entry entry_of(const Hash& commitment) {
  Entry entry{};
  entry[0] = 1;
  std::ranges::copy(commitment, entry.begin() + 1);
  return entry;
}

Result<std::string> entry_bundle(std::string_view packed_entries) {
  if (packed_entries.size() % kEntryBytes != 0) return fail(Errc::kCorrupt, "entries of another length than 33 bytes");
  std::string out;
  out.reserve(packed_entries.size() / kEntryBytes * (kEntryBytes + 2));
  for (; !packed_entries.empty(); packed_entries.remove_prefix(kEntryBytes)) {
    append_u16(out, kEntryBytes);
    out += packed_entries.substr(0, kEntryBytes);
  }
  return out;
}

}  // namespace wissel::core
