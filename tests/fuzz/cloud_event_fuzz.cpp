#include <cstddef>
#include <cstdint>

#include "tests/fuzz/core_targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wissel::fuzz::cloud_event({reinterpret_cast<const char*>(data), size});
  return 0;
}
