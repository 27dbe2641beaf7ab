// Lines of the log: offline verification and the log's reader get them from a store that may have been changed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/bytes.hpp"
#include "core/log/record.hpp"
#include "core/log/stored.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wissel::core;
  const auto bytes = as_view({data, size});
  if (const auto record = decode_line(bytes)) {
    const auto line = encode_line(*record);
    if (line.size() > kRecordLineBytesMax) std::abort();
    // Texts above their bound are cut once; then reading and writing agree.
    const auto again = decode_line(line);
    if (!again || encode_line(*again) != line) std::abort();
  }
  (void)decode_record(bytes);
  (void)decode_stored_annex(bytes);
  return 0;
}
