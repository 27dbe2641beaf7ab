#pragma once
// Replays the kept inputs of a fuzz target in a unit test: whole, cut short and with bytes changed.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace wissel::fuzz {

/// `every`: cut and change only each so many bytes, for targets that are slow.
template <class Target>
void run_corpus(const std::string& name, const Target& target, std::size_t every = 1) {
  namespace fs = std::filesystem;
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(WISSEL_SOURCE_DIR) / "tests/fuzz/corpus" / name)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(in), {}};
    ++files;
    target(input);
    for (std::size_t i = 0; i < input.size(); i += every) {
      target(std::string_view(input).substr(0, i));
      for (const char c : {'"', '0', '\0', '\xC3', '{', '\n', static_cast<char>(input[i] ^ 1)}) {
        std::string changed = input;
        changed[i] = c;
        target(changed);
      }
    }
  }
  EXPECT_GT(files, 0U) << name;
}

}  // namespace wissel::fuzz
