#pragma once
// The object graph of wisseld, in order of dependency; destruction runs backwards.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "core/result.hpp"

namespace wissel::daemon {

class Daemon {
 public:
  /// Opens the store, builds the state and binds the listeners. Blocks. Errors name what is wrong and what to do.
  static core::Result<std::unique_ptr<Daemon>> start(const std::filesystem::path& configuration,
                                                     config::Settings settings);
  ~Daemon();

  /// Serves until SIGTERM or SIGINT, then drains within the configured limit. Gives the exit code.
  int run();

 private:
  struct Graph;
  explicit Daemon(std::unique_ptr<Graph> graph);
  std::unique_ptr<Graph> graph_;
};

/// The operations under /v1, sorted: "GET /v1/deelnemers".
[[nodiscard]] std::vector<std::string> operations();

}  // namespace wissel::daemon
