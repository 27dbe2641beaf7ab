#pragma once
// What a run is aimed at: the test network as its env file describes it, and the persons to ask about.
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wissel::load {

struct Partner {
  std::string oin;
  std::string certificate;  ///< path of a PEM chain
  std::string key;          ///< path of a PEM key
};

struct Network {
  std::string host;
  std::string port;
  std::string ca;  ///< path
  int daemon = 0;  ///< process id
  std::string agreement;
  std::vector<Partner> partners;

  [[nodiscard]] std::string authority() const { return host + ":" + port; }
};

/// Reads DIR/env. The error names what is missing.
[[nodiscard]] std::expected<Network, std::string> read_network(const std::filesystem::path& directory);
[[nodiscard]] std::expected<Network, std::string> parse_network(std::string_view env);

/// The BSNs of a CSV file with a column `bsn`, in its order: nine digits each.
[[nodiscard]] std::expected<std::vector<std::string>, std::string> read_persons(const std::filesystem::path& file);
[[nodiscard]] std::expected<std::vector<std::string>, std::string> parse_persons(std::string_view csv);

}  // namespace wissel::load
