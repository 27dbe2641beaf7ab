#include "core/store.hpp"

#include <cassert>
#include <functional>
#include <iterator>
#include <utility>

namespace wissel::core {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

}  // namespace

std::string_view family_name(Family family) noexcept {
  switch (family) {
    case Family::kReference:
      return "reference";
    case Family::kHolder:
      return "holder";
    case Family::kMessage:
      return "message";
    case Family::kOutbox:
      return "outbox";
    case Family::kMailbox:
      return "mailbox";
    case Family::kDelivered:
      return "delivered";
    case Family::kRecord:
      return "record";
    case Family::kAnnex:
      return "annex";
    case Family::kTile:
      return "tile";
    case Family::kLogSubject:
      return "log_subject";
    case Family::kLogParty:
      return "log_party";
    case Family::kTimer:
      return "timer";
    case Family::kRepeat:
      return "repeat";
    case Family::kEntity:
      return "entity";
    case Family::kEntityHistory:
      return "entity_history";
    case Family::kMeta:
      return "meta";
  }
  return {};
}

std::string after_prefix(std::string_view prefix) {
  std::string above(prefix);
  while (!above.empty() && above.back() == '\xff') above.pop_back();
  if (!above.empty()) above.back() = static_cast<char>(static_cast<unsigned char>(above.back()) + 1);
  return above;
}

KeyRange prefix_range(std::string_view prefix) {
  return {.from = std::string(prefix), .to = after_prefix(prefix), .backwards = false};
}

bool WriteBatch::is_overlaid(Family family) noexcept {
  switch (family) {
    case Family::kRecord:
    case Family::kAnnex:
    case Family::kTile:
    case Family::kLogSubject:
    case Family::kLogParty:
      return false;
    default:
      return true;
  }
}

void WriteBatch::add(Op op) {
  const std::size_t index = ops_.size();
  std::size_t earlier = kNone;
  if (is_overlaid(op.family)) {
    const auto [entry, fresh] = overlay(op.family).try_emplace(op.key, index);
    if (!fresh) earlier = std::exchange(entry->second, index);
  }
  earlier_.push_back(earlier);
  ops_.push_back(std::move(op));
}

void WriteBatch::put(Family family, std::string key, std::string value) {
  add({family, std::move(key), std::move(value)});
}

void WriteBatch::remove(Family family, std::string key) { add({family, std::move(key), std::nullopt}); }

void WriteBatch::rollback(std::size_t size) {
  assert(size <= ops_.size());
  while (ops_.size() > size) {
    const Op& op = ops_.back();
    if (is_overlaid(op.family)) {
      const auto entry = overlay(op.family).find(op.key);
      assert(entry != overlay(op.family).end());
      if (earlier_.back() == kNone) {
        overlay(op.family).erase(entry);
      } else {
        entry->second = earlier_.back();
      }
    }
    ops_.pop_back();
    earlier_.pop_back();
  }
}

Result<std::optional<std::string>> WriteBatch::get(Family family, std::string_view key, ReadTier tier) const {
  if (!is_overlaid(family)) return below_.get(family, key, tier);
  const auto own = overlay(family).find(key);
  if (own != overlay(family).end()) return ops_[own->second].value;
  auto& last = last_read_[static_cast<std::size_t>(family)];
  if (last && last->key == key) return last->value;
  auto value = below_.get(family, key, tier);
  if (value) last = LastRead{std::string(key), *value};
  return value;
}

/// Walks what lies below and this batch's own entries side by side; where both have a key, ours stands.
template <class Iterator, class Before>
Result<void> WriteBatch::merge(Family family, const KeyRange& range, Iterator own, Iterator own_end, Before before,
                               const Visitor& visit, ReadTier tier) const {
  bool go_on = true;
  const auto show_own = [&] {
    const auto& value = ops_[own->second].value;
    if (value) go_on = visit(own->first, *value);
    ++own;
  };
  const Visitor show_below = [&](std::string_view key, std::string_view value) {
    while (go_on && own != own_end && before(std::string_view(own->first), key)) show_own();
    if (!go_on) return false;
    if (own != own_end && own->first == key) {
      show_own();
    } else {
      go_on = visit(key, value);
    }
    return go_on;
  };
  auto scanned = below_.scan(family, range, show_below, tier);
  if (!scanned) return scanned;
  while (go_on && own != own_end) show_own();
  return {};
}

Result<void> WriteBatch::scan(Family family, const KeyRange& range, const Visitor& visit, ReadTier tier) const {
  if (!is_overlaid(family) || overlay(family).empty()) return below_.scan(family, range, visit, tier);
  if (!range.to.empty() && range.to <= range.from) return {};
  const auto& own = overlay(family);
  const auto first = own.lower_bound(range.from);
  const auto last = range.to.empty() ? own.end() : own.lower_bound(range.to);
  if (range.backwards) {
    return merge(family, range, std::make_reverse_iterator(last), std::make_reverse_iterator(first),
                 std::greater<std::string_view>{}, visit, tier);
  }
  return merge(family, range, first, last, std::less<std::string_view>{}, visit, tier);
}

}  // namespace wissel::core
