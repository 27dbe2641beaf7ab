// The configuration that the package installs is one that the daemon takes.
#include <gtest/gtest.h>

#include <filesystem>

#include "config/load.hpp"

namespace wissel::config {
namespace {

TEST(ExampleConfiguration, IsWithoutFaults) {
  const auto file = std::filesystem::path(WISSEL_SOURCE_DIR) / "systemd" / "wissel.yaml";
  const auto settings = load_settings(file, Files::kIgnore);
  if (!settings) {
    for (const auto& fault : settings.error()) ADD_FAILURE() << to_string(fault);
    return;
  }
  EXPECT_EQ(settings->environment, Environment::kProduction);
  EXPECT_TRUE(settings->log.signing_key.credential);
}

}  // namespace
}  // namespace wissel::config
