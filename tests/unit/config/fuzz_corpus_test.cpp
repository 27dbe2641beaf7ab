// The kept inputs of the configuration's fuzz target.
#include <gtest/gtest.h>

#include "tests/fuzz/config_targets.hpp"
#include "tests/fuzz/run_corpus.hpp"

namespace wissel {
namespace {

TEST(FuzzCorpus, Config) { fuzz::run_corpus("config", fuzz::config, 16); }

}  // namespace
}  // namespace wissel
