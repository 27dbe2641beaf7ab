#include "core/identity/pseudonyms.hpp"

#include <algorithm>

namespace wissel::core {
namespace {

constexpr std::string_view kZero("\0", 1);

}  // namespace

PseudonymKeys::PseudonymKeys(std::vector<Key> keys) {
  std::ranges::sort(keys, std::greater<>{}, &Key::id);
  keys_.reserve(keys.size());
  for (auto& key : keys) {
    keys_.push_back({key.id, HmacKey(key.bytes)});
    wipe(key.bytes);
  }
}

Bytes16 PseudonymKeys::of(std::size_t which, const Subject& subject) const {
  const Hash mac = keys_[which].key.mac({to_string(subject.kind()), kZero, subject.canonical()});
  Bytes16 out{};
  std::copy_n(mac.begin(), out.size(), out.begin());
  return out;
}

std::vector<Bytes16> PseudonymKeys::all(const Subject& subject) const {
  std::vector<Bytes16> out;
  for (std::size_t i = 0; i < keys_.size(); ++i) out.push_back(of(i, subject));
  return out;
}

std::vector<std::uint32_t> PseudonymKeys::ids() const {
  std::vector<std::uint32_t> out;
  for (const auto& key : keys_) out.push_back(key.id);
  return out;
}

std::vector<PseudonymKeys::DigestKey> PseudonymKeys::digest_keys(const Oin& holder) const {
  std::vector<DigestKey> out;
  for (const auto& [id, key] : keys_) out.push_back({id, key.mac({"wissel:controlesom", kZero, holder.view()})});
  return out;
}

}  // namespace wissel::core
