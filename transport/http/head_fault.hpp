#pragma once
// Why the head of a request is refused before any route is looked for: one row for each reason.
#include <cstdint>
#include <string_view>

namespace wissel::transport {

enum class HeadFault : std::uint8_t {
  kNotHttp,
  kTooLarge,
  kTooSlow,
  kAmbiguous,
  kRequestLine,
  kMethod,
  kVersion,
  kTarget,
  kTargetNotPath,
  kTargetWithoutPath,
  kTargetOtherHost,
  kFieldsTooMany,
  kFieldFolded,
  kFieldName,
  kFieldValue,
  kHost,
  kHostTwice,
  kHostMissing,
  kLength,
  kLengthTwice,
  kFieldTwice,
  kEncoding,
  kEncodingTwice,
  kEncodingInHttp10,
  kTwoFramings,
  kExpect,
  kCount_  // number of faults; keep last
};

struct HeadFaultInfo {
  HeadFault fault;
  std::uint16_t status;     ///< HTTP status of the answer
  std::string_view word;    ///< for the log: English, a few fixed words, nothing of the peer's
  std::string_view detail;  ///< for the peer: Dutch, as all problem details are
};

[[nodiscard]] const HeadFaultInfo& info(HeadFault fault) noexcept;

}  // namespace wissel::transport
