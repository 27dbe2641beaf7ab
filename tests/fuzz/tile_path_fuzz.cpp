// Paths of tiles come out of URLs.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/bytes.hpp"
#include "core/log/tile_path.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wissel::core;
  const auto text = as_view({data, size});
  const auto path = parse_tile_path(text);
  // Only the one canonical form is accepted.
  if (path && format_tile_path(*path) != text) std::abort();
  return 0;
}
