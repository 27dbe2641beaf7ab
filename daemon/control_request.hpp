#pragma once
// The lines of the control socket: one request, lines of progress, one result or error. Used by the daemon and by
// wisselctl, so that both mean the same.
#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace wissel::daemon {

inline constexpr std::string_view kControlSocketName = "control.sock";
/// Bytes of a request line: a path is at most 4096.
inline constexpr std::size_t kControlRequestBytesMax = 8 * 1024;
/// Bytes of an answer line. A status is some 4 KiB.
inline constexpr std::size_t kControlAnswerBytesMax = 1024 * 1024;

enum class ControlAction : std::uint8_t { kStatus, kReload, kBackup, kKeys, kDoctor };

struct ControlRequest {
  ControlAction action = ControlAction::kStatus;
  std::string target;  ///< backup: an absolute path, of a directory that does not exist yet
};

/// A line with its newline.
[[nodiscard]] std::string encode(const ControlRequest& request);
/// Without the newline. Errors: kInvalidInput.
[[nodiscard]] core::Result<ControlRequest> decode_control_request(std::string_view line);

/// Lines with their newline.
[[nodiscard]] std::string progress_line(std::uint64_t done, std::uint64_t total);
[[nodiscard]] std::string result_line(const core::Result<boost::json::object>& result);

struct ControlAnswer {
  bool progress = false;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  core::Result<boost::json::object> result;  ///< of the last line
};
/// Errors: kCorrupt for what is no answer.
[[nodiscard]] core::Result<ControlAnswer> decode_control_answer(std::string_view line);

}  // namespace wissel::daemon
