#pragma once
// What of the log is read from outside: notes, lines of records from a store that may have been changed, and the paths
// of tiles in URLs.
#include <string_view>

#include "core/log/note.hpp"
#include "core/log/record.hpp"
#include "core/log/tile_path.hpp"
#include "tests/fuzz/demand.hpp"

namespace wissel::fuzz {

inline void note(std::string_view text) {
  if (const auto note = core::parse_note(text)) {
    // What was read and written again reads the same.
    const auto again = core::parse_note(note->encode());
    demand(again && again->text == note->text && again->signatures == note->signatures);
    if (const auto checkpoint = core::Checkpoint::parse(note->text)) {
      demand(note->text.starts_with(checkpoint->text()));
    }
  }
  if (const auto key = core::VerifierKey::parse(text)) {
    demand(key->vkey() == text);
    demand(!core::verify_checkpoint(text, *key));
  }
}

inline void record(std::string_view bytes) {
  const auto record = core::decode_line(bytes);
  if (!record) return;
  const auto line = core::encode_line(*record);
  demand(line.size() <= core::kRecordLineBytesMax);
  // Texts above their bound are cut once; then reading and writing agree.
  const auto again = core::decode_line(line);
  demand(again && core::encode_line(*again) == line);
  if (bytes.size() <= core::kRecordTextBytesMax) demand(line == bytes && *again == *record);
}

/// Only the one canonical form is accepted.
inline void tile_path(std::string_view text) {
  const auto path = core::parse_tile_path(text);
  demand(!path || core::format_tile_path(*path) == text);
}

}  // namespace wissel::fuzz
