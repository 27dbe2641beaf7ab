#include "core/state/reference.hpp"

namespace wissel::core {
namespace {

// First byte of every value, so that its form can change. Never renumber.
constexpr std::uint8_t kHolderFormat = 1;
constexpr std::uint8_t kReferenceFormat = 1;

enum Flag : std::uint8_t { kUntilGiven = 1, kDirect = 2, kWithdrawn = 4, kInOnderzoek = 8, kEnded = 16 };
constexpr unsigned kFlagsMax = kUntilGiven | kDirect | kWithdrawn | kInOnderzoek | kEnded;

std::uint8_t flags_of(const HolderEntry& entry) {
  unsigned flags = 0;
  if (entry.until_given) flags |= kUntilGiven;
  if (entry.direct) flags |= kDirect;
  if (entry.withdrawn) flags |= kWithdrawn;
  if (entry.in_onderzoek) flags |= kInOnderzoek;
  if (entry.ended) flags |= kEnded;
  return static_cast<std::uint8_t>(flags);
}

void append_ms(std::string& out, Instant at) { append_u64(out, static_cast<std::uint64_t>(to_ms(at))); }
Instant read_ms(ByteReader& in) { return from_ms(static_cast<std::int64_t>(in.u64())); }

void append_short(std::string& out, std::string_view text) {
  append_u16(out, static_cast<std::uint16_t>(text.size()));
  out.append(text);
}
std::string read_short(ByteReader& in) { return std::string(in.take(in.u16())); }

template <class E>
bool in_words(std::uint8_t value) {
  return value < Words<E>::kAll.size();
}

}  // namespace

std::string reference_key(const Pseudonym& subject, PartyNumber holder, const Uuid& id, Generation generation) {
  std::string key(as_view(subject));
  append_u32(key, holder);
  key.append(as_view(id.bytes()));
  append_u32(key, generation);
  return key;
}

std::string holder_prefix(PartyNumber holder, Generation generation) {
  std::string key;
  append_u32(key, holder);
  append_u32(key, generation);
  return key;
}

std::string holder_key(PartyNumber holder, Generation generation, const Uuid& id) {
  return holder_prefix(holder, generation).append(as_view(id.bytes()));
}

Uuid id_of_holder_key(std::string_view key) {
  ByteReader in(key);
  in.take(8);
  return Uuid(in.array<16>());
}

std::string encode(const HolderEntry& entry) {
  std::string out;
  out.reserve(96 + entry.sealed.size() + entry.subjects.size() * 17);
  append_u8(out, kHolderFormat);
  append_u8(out, flags_of(entry));
  append_u8(out, static_cast<std::uint8_t>(entry.zichtbaarheid));
  append_u64(out, entry.version);
  append_ms(out, entry.since);
  append_ms(out, entry.until);
  if (entry.ended) append_ms(out, *entry.ended);
  append_u8(out, static_cast<std::uint8_t>(entry.subjects.size()));
  for (std::size_t i = 0; i < entry.subjects.size(); ++i) {
    append_u8(out, static_cast<std::uint8_t>(entry.kinds[i]));
    out.append(as_view(entry.subjects[i]));
  }
  append_short(out, entry.zaaktype);
  append_short(out, entry.categorie);
  append_u8(out, static_cast<std::uint8_t>(entry.digests.size()));
  for (const auto& digest : entry.digests) {
    append_u32(out, digest.key_id);
    out.append(as_view(digest.mac));
  }
  out.append(entry.sealed);
  return out;
}

Result<HolderEntry> decode_holder_entry(std::string_view value) {
  ByteReader in(value);
  if (in.u8() != kHolderFormat) return fail(Errc::kCorrupt, "family holder: unknown format of a value");
  HolderEntry entry;
  const unsigned flags = in.u8();
  entry.until_given = (flags & kUntilGiven) != 0;
  entry.direct = (flags & kDirect) != 0;
  entry.withdrawn = (flags & kWithdrawn) != 0;
  entry.in_onderzoek = (flags & kInOnderzoek) != 0;
  const auto visibility = in.u8();
  entry.version = in.u64();
  entry.since = read_ms(in);
  entry.until = read_ms(in);
  if ((flags & kEnded) != 0) entry.ended = read_ms(in);
  const auto subjects = in.u8();
  for (unsigned i = 0; i < subjects && in.ok(); ++i) {
    const auto kind = in.u8();
    if (kind > static_cast<std::uint8_t>(SubjectKind::kOverig)) in.take(value.size());  // ends the reading
    entry.kinds.push_back(static_cast<SubjectKind>(kind));
    entry.subjects.push_back(in.array<16>());
  }
  entry.zaaktype = read_short(in);
  entry.categorie = read_short(in);
  const auto digests = in.u8();
  for (unsigned i = 0; i < digests && in.ok(); ++i) {
    const auto key_id = in.u32();
    entry.digests.push_back({key_id, in.array<32>()});
  }
  entry.sealed = std::string(in.rest());
  if (!in.ok() || flags > kFlagsMax || !in_words<Zichtbaarheid>(visibility)) {
    return fail(Errc::kCorrupt, "family holder: a value does not have the form of this version");
  }
  entry.zichtbaarheid = static_cast<Zichtbaarheid>(visibility);
  return entry;
}

std::string encode_reference_value(const HolderEntry& entry) {
  std::string out;
  append_u8(out, kReferenceFormat);
  append_u8(out, flags_of(entry));
  append_u8(out, static_cast<std::uint8_t>(entry.zichtbaarheid));
  append_ms(out, entry.since);
  append_ms(out, entry.until);
  append_short(out, entry.zaaktype);
  append_short(out, entry.categorie);
  return out;
}

Result<ReferenceRow> decode_reference(std::string_view key, std::string_view value) {
  ByteReader in_key(key);
  in_key.take(16);
  ReferenceRow row;
  row.holder = in_key.u32();
  row.id = Uuid(in_key.array<16>());
  row.generation = in_key.u32();
  ByteReader in(value);
  const auto format = in.u8();
  const unsigned flags = in.u8();
  const auto visibility = in.u8();
  row.since = read_ms(in);
  row.until = read_ms(in);
  row.zaaktype = read_short(in);
  row.categorie = read_short(in);
  if (!in_key.done() || !in.done() || format != kReferenceFormat || flags > kFlagsMax ||
      !in_words<Zichtbaarheid>(visibility)) {
    return fail(Errc::kCorrupt, "family reference: a row does not have the form of this version");
  }
  row.zichtbaarheid = static_cast<Zichtbaarheid>(visibility);
  row.in_onderzoek = (flags & kInOnderzoek) != 0;
  return row;
}

}  // namespace wissel::core
