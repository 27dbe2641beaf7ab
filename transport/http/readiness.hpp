#pragma once
// Which parts of the daemon are up, since when and why not: what /readyz tells.
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace wissel::transport {

/// Thread safety: all members may be called at the same time.
class Readiness {
 public:
  struct Component {
    bool up = false;
    core::Instant since{};
    std::string why;  ///< empty when up
  };

  /// Components register by their first call; one that was never named does not count.
  void up(std::string_view component, core::Instant now);
  /// `why` is for operators: never personal data.
  void down(std::string_view component, std::string_view why, core::Instant now);

  [[nodiscard]] bool ready() const;
  [[nodiscard]] std::map<std::string, Component, std::less<>> components() const;

 private:
  void set(std::string_view component, bool is_up, std::string_view why, core::Instant now);

  mutable std::mutex mutex_;
  std::map<std::string, Component, std::less<>> components_;
};

}  // namespace wissel::transport
