// The kept inputs of the core's fuzz targets: nothing may crash and no accepted input may change on its way through.
#include <gtest/gtest.h>

#include "tests/fuzz/core_targets.hpp"
#include "tests/fuzz/log_targets.hpp"
#include "tests/fuzz/policy_targets.hpp"
#include "tests/fuzz/run_corpus.hpp"
#include "tests/fuzz/signing_targets.hpp"
#include "tests/fuzz/store_targets.hpp"
#include "tests/fuzz/text_targets.hpp"

namespace wissel {
namespace {

using fuzz::run_corpus;

TEST(FuzzCorpus, Json) { run_corpus("json", fuzz::json); }
TEST(FuzzCorpus, CloudEvent) { run_corpus("cloud_event", fuzz::cloud_event); }
TEST(FuzzCorpus, Reference) { run_corpus("reference", fuzz::reference); }
TEST(FuzzCorpus, ZaakStatus) { run_corpus("zaak_status", fuzz::zaak_status); }
TEST(FuzzCorpus, FieldFilter) { run_corpus("field_filter", fuzz::field_filter); }
TEST(FuzzCorpus, Note) { run_corpus("note", fuzz::note); }
TEST(FuzzCorpus, Record) { run_corpus("record", fuzz::record); }
TEST(FuzzCorpus, TilePath) { run_corpus("tile_path", fuzz::tile_path); }
TEST(FuzzCorpus, StoreValue) { run_corpus("store_value", fuzz::store_value); }
TEST(FuzzCorpus, StoreKey) { run_corpus("store_key", fuzz::store_key); }
TEST(FuzzCorpus, Policy) { run_corpus("policy", fuzz::policy); }
TEST(FuzzCorpus, Dossier) { run_corpus("dossier", fuzz::dossier); }
TEST(FuzzCorpus, Representation) { run_corpus("representation", fuzz::representation); }
TEST(FuzzCorpus, Jwk) { run_corpus("jwk", fuzz::jwk); }
TEST(FuzzCorpus, Jws) { run_corpus("jws", fuzz::jws); }
TEST(FuzzCorpus, Text) { run_corpus("text", fuzz::text); }

}  // namespace
}  // namespace wissel
