#include "config/reload.hpp"

#include <variant>

#include "config/key_table.hpp"

namespace wissel::config {

ReloadDiff diff_for_reload(const Settings& before, const Settings& after) {
  // A slot gives a reference to change; the copies keep the caller's values constant.
  Settings old_values = before;
  Settings new_values = after;
  ReloadDiff diff;
  for (const auto& row : key_table()) {
    const auto differs = [&](auto slot) { return slot(old_values) != slot(new_values); };
    if (!std::visit(differs, row.slot)) continue;
    (row.effect == Effect::kAtOnce ? diff.at_once : diff.restart).push_back(row.key);
  }
  return diff;
}

Settings merge_for_reload(const Settings& running, const Settings& after) {
  Settings merged = running;
  Settings new_values = after;
  for (const auto& row : key_table()) {
    if (row.effect != Effect::kAtOnce) continue;
    const auto take = [&](auto slot) { slot(merged) = slot(new_values); };
    std::visit(take, row.slot);
  }
  merged.sources = after.sources;
  return merged;
}

}  // namespace wissel::config
