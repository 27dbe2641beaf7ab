#include "transport/http/readiness.hpp"

#include <algorithm>

namespace wissel::transport {

void Readiness::up(std::string_view component, core::Instant now) { set(component, true, {}, now); }

void Readiness::down(std::string_view component, std::string_view why, core::Instant now) {
  set(component, false, why, now);
}

void Readiness::set(std::string_view component, bool is_up, std::string_view why, core::Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = components_.find(component);
  if (found == components_.end()) {
    components_.emplace(std::string(component), Component{is_up, now, std::string(why)});
    return;
  }
  // `since` tells when it last changed between up and down, not when somebody last said so.
  if (found->second.up != is_up) found->second.since = now;
  found->second.up = is_up;
  found->second.why = why;
}

bool Readiness::ready() const {
  const std::lock_guard lock(mutex_);
  return !components_.empty() && std::ranges::all_of(components_, [](const auto& entry) { return entry.second.up; });
}

std::map<std::string, Readiness::Component, std::less<>> Readiness::components() const {
  const std::lock_guard lock(mutex_);
  return components_;
}

}  // namespace wissel::transport
