#pragma once
// A logger that says nothing: what matters of a store's own messages comes back as errors.
#include "core/logger.hpp"

namespace wissel::ctl {

class Silent final : public core::Logger {
 public:
  [[nodiscard]] bool enabled(core::LogLevel) const noexcept override { return false; }
  void write(core::LogLevel, std::string_view, std::initializer_list<core::LogField>) noexcept override {}
};

}  // namespace wissel::ctl
