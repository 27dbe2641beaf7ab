// The kept inputs of the fuzz targets, whole, cut at every byte and with every byte changed: nothing may crash and no
// accepted input may change on its way through.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "tests/fuzz/core_targets.hpp"

namespace wissel {
namespace {

namespace fs = std::filesystem;

void run_corpus(const std::string& name, const std::function<void(std::string_view)>& target) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(WISSEL_SOURCE_DIR) / "tests/fuzz/corpus" / name)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(in), {}};
    ++files;
    target(input);
    for (std::size_t i = 0; i < input.size(); ++i) {
      target(std::string_view(input).substr(0, i));
      for (const char c : {'"', '0', '\0', '\xC3', '{', static_cast<char>(input[i] ^ 1)}) {
        std::string changed = input;
        changed[i] = c;
        target(changed);
      }
    }
  }
  EXPECT_GT(files, 0U);
}

TEST(FuzzCorpus, Json) { run_corpus("json", fuzz::json); }
TEST(FuzzCorpus, CloudEvent) { run_corpus("cloud_event", fuzz::cloud_event); }
TEST(FuzzCorpus, Reference) { run_corpus("reference", fuzz::reference); }
TEST(FuzzCorpus, ZaakStatus) { run_corpus("zaak_status", fuzz::zaak_status); }

}  // namespace
}  // namespace wissel
