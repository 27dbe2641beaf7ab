// Makes a libFuzzer program of one function of the headers in this folder; CMakeLists.txt names both.
#include <cstddef>
#include <cstdint>

#include WISSEL_FUZZ_HEADER

#ifdef WISSEL_FUZZ_KEEPS_STATE
// A target with a store allocates more than it frees on each input, which libFuzzer would take for a leak and look for
// after each; and OpenSSL's random generator of a thread that runs on looks like one. The replays look for leaks.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }  // NOLINT(bugprone-reserved-identifier)
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wissel::fuzz::WISSEL_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
