#pragma once
// What a changed configuration can do to a running daemon.
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace wissel::config {

/// Dotted keys, in the order of the table.
struct ReloadDiff {
  std::vector<std::string_view> at_once;  ///< apply with SIGHUP
  std::vector<std::string_view> restart;  ///< wait for the next start

  [[nodiscard]] bool empty() const noexcept { return at_once.empty() && restart.empty(); }
};

/// Compares values, not files: a certificate that was replaced under its old name shows no difference here and is
/// read again at every reload.
[[nodiscard]] ReloadDiff diff_for_reload(const Settings& before, const Settings& after);

/// `running` with the values of `after` for every key that applies at once: what the daemon runs with after a reload.
[[nodiscard]] Settings merge_for_reload(const Settings& running, const Settings& after);

}  // namespace wissel::config
