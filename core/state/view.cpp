#include "core/state/view.hpp"

namespace wissel::core {
namespace {

// Since 2 with the version that was reached.
constexpr std::uint8_t kSyncFormat = 2;

void append_ms(std::string& out, Instant at) { append_u64(out, static_cast<std::uint64_t>(to_ms(at))); }

}  // namespace

std::optional<PartyNumber> Parties::number(const Oin& oin) const {
  const auto at = numbers_.find(oin);
  return at == numbers_.end() ? std::nullopt : std::optional(at->second);
}

const Oin* Parties::oin(PartyNumber number) const {
  return number == 0 || number > oins_.size() ? nullptr : &oins_[number - 1];
}

void Parties::add(const Oin& oin) {
  numbers_.emplace(oin, next());
  oins_.push_back(oin);
}

void Parties::load(std::map<PartyNumber, Oin> all) {
  for (const auto& [number, oin] : all) add(oin);
}

std::string encode(const SyncState& state) {
  std::string out;
  append_u8(out, kSyncFormat);
  append_u32(out, state.current);
  append_u32(out, state.newest);
  append_u8(out, state.open ? 1 : 0);
  append_u32(out, state.open.value_or(0));
  out.append(as_view(state.upload.bytes()));
  append_ms(out, state.last_line);
  append_u8(out, static_cast<std::uint8_t>(state.phase));
  append_u32(out, state.old);
  append_string(out, state.cursor);
  append_u8(out, state.switched ? 1 : 0);
  append_string(out, state.trace);
  append_u64(out, state.changed);
  append_u64(out, state.withdrawn);
  append_u64(out, state.unchanged);
  append_u64(out, state.gone_version);
  return out;
}

Result<SyncState> decode_sync_state(std::string_view value) {
  ByteReader in(value);
  const auto format = in.u8();
  SyncState state;
  state.current = in.u32();
  state.newest = in.u32();
  const bool is_open = in.u8() == 1;
  if (const auto open = in.u32(); is_open) state.open = open;
  state.upload = Uuid(in.array<16>());
  state.last_line = from_ms(static_cast<std::int64_t>(in.u64()));
  state.phase = static_cast<SyncState::Phase>(in.u8());
  state.old = in.u32();
  state.cursor = in.string();
  state.switched = in.u8() == 1;
  state.trace = in.string();
  state.changed = in.u64();
  state.withdrawn = in.u64();
  state.unchanged = in.u64();
  if (format == kSyncFormat) state.gone_version = in.u64();
  if ((format != 1 && format != kSyncFormat) || !in.done())
    return fail(Errc::kCorrupt, "meta sync: unknown form of a value");
  return state;
}

Generation View::generation(PartyNumber holder) const {
  const auto at = syncs->find(holder);
  return at == syncs->end() ? 0 : at->second.current;
}

}  // namespace wissel::core
