#include "core/limits/brake.hpp"

#include <algorithm>
#include <bit>

#include "core/bytes.hpp"

namespace wissel::core {
namespace {

constexpr std::uint8_t kBrakeFormat = 1;
constexpr std::uint8_t kNormalFormat = 1;

}  // namespace

boost::json::object to_json(const Brake& brake) {
  boost::json::object out{{"id", brake.id.str()},
                          {"deelnemer", brake.party.view()},
                          {"uitwisselafspraak", brake.agreement.str()},
                          {"sinds", format_rfc3339(brake.since)},
                          {"gevraagdPerMinuut", brake.asked},
                          {"gewoonlijkPerMinuut", brake.normal},
                          {"factor", brake.factor},
                          {"ondergrens", brake.floor}};
  if (!brake.released.empty()) out["reden"] = brake.released;
  return out;
}

std::string encode(const Brake& brake) {
  std::string out;
  append_u8(out, kBrakeFormat);
  out.append(brake.id.view()).append(brake.party.view()).append(brake.agreement.view());
  append_u64(out, static_cast<std::uint64_t>(to_ms(brake.since)));
  append_u32(out, brake.asked);
  append_u32(out, brake.normal);
  append_u32(out, brake.factor);
  append_u32(out, brake.floor);
  append_string(out, brake.released);
  return out;
}

Result<Brake> decode_brake(std::string_view value) {
  ByteReader in(value);
  const auto format = in.u8();
  const Uuid id(in.array<16>());
  const auto party = Oin::parse(in.take(Oin::kLength));
  const Uuid agreement(in.array<16>());
  if (format != kBrakeFormat || !party) return fail(Errc::kCorrupt, "brake: unknown form of a value");
  Brake out{id,       *party,   agreement, from_ms(static_cast<std::int64_t>(in.u64())), in.u32(), in.u32(),
            in.u32(), in.u32(), {}};
  out.released = in.string();
  if (!in.done()) return fail(Errc::kCorrupt, "brake: unknown form of a value");
  return out;
}

const Brake* find_brake(const Brakes& brakes, const Oin& party, const Uuid& agreement) {
  const auto at = std::ranges::find_if(
      brakes, [&](const auto& each) { return each.second.party == party && each.second.agreement == agreement; });
  return at == brakes.end() ? nullptr : &at->second;
}

std::string encode(const Normal& normal) {
  std::string out;
  append_u8(out, kNormalFormat);
  append_u32(out, std::bit_cast<std::uint32_t>(normal.subjects));
  append_u32(out, normal.minutes);
  return out;
}

Result<Normal> decode_normal(std::string_view key, std::string_view value) {
  ByteReader from_key(key);
  const auto party = Oin::parse(from_key.take(Oin::kLength));
  const Uuid agreement(from_key.array<16>());
  ByteReader in(value);
  const auto format = in.u8();
  const auto subjects = std::bit_cast<float>(in.u32());
  const auto minutes = in.u32();
  if (!party || !from_key.done() || format != kNormalFormat || !in.done() || !(subjects >= 0)) {
    return fail(Errc::kCorrupt, "meta normal: unknown form of a value");
  }
  return Normal{*party, agreement, subjects, minutes};
}

std::string normal_key(const Oin& party, const Uuid& agreement) {
  return std::string(kMetaNormalPrefix).append(party.view()).append(agreement.view());
}

}  // namespace wissel::core
