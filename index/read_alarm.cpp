#include "index/read_alarm.hpp"

#include <string_view>

namespace wissel::index {
namespace {

constexpr std::chrono::seconds kSaidEvery{1};

}  // namespace

void ReadAlarm::ring(const core::Error& error) {
  const auto failures = count_.fetch_add(1) + 1;
  const auto now = std::chrono::steady_clock::now();
  auto said = said_.load();
  if (failures > 1 && now - said < kSaidEvery) return;
  if (!said_.compare_exchange_strong(said, now)) return;  // another thread says it
  logger_.error(
      "store read failed",
      {{"code", core::to_string(error.code)}, {"detail", std::string_view(error.detail)}, {"failures", failures}});
}

}  // namespace wissel::index
