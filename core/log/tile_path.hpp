#pragma once
// The names of tiles in URLs (C2SP tlog-tiles): <level>/<index> or entries/<index>, with .p/<width> when partial.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace wissel::core {

struct TilePath {
  bool entries = false;  ///< an entry bundle; level is then 0
  unsigned level = 0;    ///< 0–63
  std::uint64_t index = 0;
  std::optional<std::uint8_t> width;  ///< 1–255 for a partial tile

  friend bool operator==(const TilePath&, const TilePath&) = default;
};

/// What follows "/tlog/tile/": "0/x001/067.p/5", "entries/000". Only the one canonical form. Errors: kInvalidInput.
[[nodiscard]] Result<TilePath> parse_tile_path(std::string_view text);
[[nodiscard]] std::string format_tile_path(const TilePath& path);

}  // namespace wissel::core
