#pragma once
// One line on standard error that says how far long work is; nothing where no person looks.
#include <chrono>
#include <cstdint>
#include <string>

#include "daemon/ctl/command.hpp"

namespace wissel::ctl {

class ProgressLine {
 public:
  /// `io` outlives it.
  ProgressLine(Io& io, std::string what) : io_(io), what_(std::move(what)) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  /// Takes the line away.
  ~ProgressLine();

  /// At most ten times a second; `total` 0: not known.
  void show(std::uint64_t done, std::uint64_t total);

 private:
  Io& io_;
  const std::string what_;
  std::chrono::steady_clock::time_point shown_{};
  bool shows_ = false;
};

}  // namespace wissel::ctl
