#pragma once
// How a subcommand ends early: what to say and the exit code. The frame shows it.
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "daemon/ctl/command.hpp"

namespace wissel::ctl {

/// Thrown by commands; `what()` is for a person, `json` (a serialized value, if any) is what --json writes instead.
class Ended : public std::runtime_error {
 public:
  Ended(ExitCode code, const std::string& what, std::string json = {})
      : std::runtime_error(what), code_(code), json_(std::move(json)) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& json() const noexcept { return json_; }

 private:
  ExitCode code_;
  std::string json_;
};

[[noreturn]] inline void unreachable(const std::string& what) { throw Ended(ExitCode::kUnreachable, what); }
[[noreturn]] inline void usage(const std::string& what) { throw Ended(ExitCode::kUsage, what); }
[[noreturn]] inline void wrong(const std::string& what) { throw Ended(ExitCode::kFoundWrong, what); }

}  // namespace wissel::ctl
