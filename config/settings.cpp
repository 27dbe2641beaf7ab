#include "config/settings.hpp"

namespace wissel::config {

std::string_view to_string(Environment environment) noexcept {
  switch (environment) {
    case Environment::kProduction:
      return "production";
    case Environment::kAcceptance:
      return "acceptance";
    case Environment::kTest:
      return "test";
  }
  return "unknown";
}

std::string to_string(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  const auto port = std::to_string(endpoint.port);
  return v6 ? "[" + endpoint.host + "]:" + port : endpoint.host + ":" + port;
}

Source Settings::where(std::string_view key) const {
  if (const auto found = sources.find(key); found != sources.end()) return found->second;
  const auto whole = sources.find(std::string_view{});
  return whole == sources.end() ? Source{} : whole->second;
}

std::string Settings::log_origin() const { return name + "/log/" + std::string(to_string(environment)); }

}  // namespace wissel::config
