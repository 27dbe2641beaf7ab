// Makes a libFuzzer program of one function of the headers in this folder; CMakeLists.txt names both.
#include <cstddef>
#include <cstdint>

#include WISSEL_FUZZ_HEADER

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wissel::fuzz::WISSEL_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
