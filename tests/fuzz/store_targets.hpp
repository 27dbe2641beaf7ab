#pragma once
// Keys and values of the store, as a damaged disk or an older copy may give them back. A value is accepted only where
// it is what we would have written: encoding what was read gives the same bytes.
#include <algorithm>
#include <string>
#include <string_view>

#include "core/log/stored.hpp"
#include "core/state/keys.hpp"
#include "core/state/reference.hpp"
#include "tests/fuzz/demand.hpp"

namespace wissel::fuzz {
namespace detail {

template <class Row>
void same_again(const core::Result<Row>& row, std::string_view value) {
  demand(!row || core::encode(*row) == value);
}

inline void reference_row(std::string_view input) {
  static constexpr std::size_t kKeyBytes = 40;
  const auto row = core::decode_reference(input.substr(0, kKeyBytes), input.substr(std::min(input.size(), kKeyBytes)));
  if (!row) return;
  core::Pseudonym subject{};
  std::ranges::copy(core::as_bytes(input.substr(0, subject.size())), subject.begin());
  demand(core::reference_key(subject, row->holder, row->id, row->generation) == input.substr(0, kKeyBytes));
  core::HolderEntry entry;
  entry.since = row->since;
  entry.until = row->until;
  entry.zichtbaarheid = row->zichtbaarheid;
  entry.in_onderzoek = row->in_onderzoek;
  entry.zaaktype = row->zaaktype;
  entry.categorie = row->categorie;
  auto value = std::string(input.substr(kKeyBytes));
  value[1] = static_cast<char>(value[1] & 8);  // of the flags a row tells only inOnderzoek
  demand(core::encode_reference_value(entry) == value);
}

/// Format 1 is read as well, and written as format 2.
inline void repeat_value(std::string_view value) {
  const auto row = core::decode_repeat(value);
  if (!row) return;
  const auto written = core::encode(*row);
  demand(value.front() == 1 || written == value);
  const auto again = core::decode_repeat(written);
  demand(again && core::encode(*again) == written && again->body == row->body);
}

inline void record_value(std::string_view value) {
  const auto stored = core::decode_record(value);
  if (!stored) return;
  demand(stored->has_line || stored->entry);
  if (!stored->has_line) return demand(core::encode_erased_record(*stored->entry) == value);
  if (!stored->entry) return demand(core::encode_record(stored->salt, stored->line) == value);
  const auto written = core::encode_record(stored->salt, stored->line);
  demand(value.ends_with(stored->line) && value.size() == written.size() + sizeof(core::Hash));
}

}  // namespace detail

inline void store_value(std::string_view input) {
  const auto [which, value] = choose(input, 10);
  switch (which) {
    case 0:
      return detail::same_again(core::decode_message(value), value);
    case 1:
      return detail::same_again(core::decode_delivery(value), value);
    case 2:
      return detail::same_again(core::decode_delivered_header(value), value);
    case 3:
      return detail::same_again(core::decode_delivered_place(value), value);
    case 4:
      return detail::repeat_value(value);
    case 5:
      return detail::same_again(core::decode_holder_entry(value), value);
    case 6:
      return detail::reference_row(value);
    case 7:
      return detail::record_value(value);
    case 8: {
      const auto annex = core::decode_stored_annex(value);
      return demand(!annex || core::encode_stored_annex(annex->salt, annex->annex) == value);
    }
    default: {
      const auto tile = core::decode_tile(value, core::kTileBytes);
      return demand(!tile || core::encode_tile(*tile) == value);
    }
  }
}

inline void store_key(std::string_view input) {
  const auto [which, key] = choose(input, 5);
  switch (which) {
    case 0: {
      const auto outbox = core::parse_outbox_key(key);
      return demand(!outbox ||
                    core::outbox_key(outbox->subscriber, outbox->order, outbox->sequence, outbox->ordinal) == key);
    }
    case 1: {
      const auto timer = core::parse_timer_key(key);
      return demand(!timer || core::timer_key(timer->due, timer->kind, timer->id) == key);
    }
    case 2:
      return demand(key.size() < 8 || core::log_key(core::index_of_key(key)) == key.substr(key.size() - 8));
    case 3: {
      const auto tile = core::tile_at(key);
      return demand(!tile || core::tile_key(tile->level, tile->index) == key);
    }
    default:
      return demand(key.size() < 24 || core::as_view(core::id_of_holder_key(key).bytes()) == key.substr(8, 16));
  }
}

}  // namespace wissel::fuzz
