// The kept inputs of the transport's fuzz targets.
#include <gtest/gtest.h>

#include "tests/fuzz/http_targets.hpp"
#include "tests/fuzz/peer_targets.hpp"
#include "tests/fuzz/route_targets.hpp"
#include "tests/fuzz/run_corpus.hpp"

namespace wissel {
namespace {

using fuzz::run_corpus;

TEST(FuzzCorpus, HttpHead) { run_corpus("http_head", fuzz::http_head); }
TEST(FuzzCorpus, HttpTarget) { run_corpus("http_target", fuzz::http_target); }
TEST(FuzzCorpus, HttpChunks) { run_corpus("http_chunks", fuzz::http_chunks); }
TEST(FuzzCorpus, Url) { run_corpus("url", fuzz::url); }
TEST(FuzzCorpus, Ndjson) { run_corpus("ndjson", fuzz::ndjson); }
TEST(FuzzCorpus, Peer) { run_corpus("peer", fuzz::peer); }
TEST(FuzzCorpus, HttpListener) { run_corpus("http_listener", fuzz::http_listener, 5); }
TEST(FuzzCorpus, ClientAnswer) { run_corpus("client_answer", fuzz::client_answer, 5); }
TEST(FuzzCorpus, HolderAnswer) { run_corpus("holder_answer", fuzz::holder_answer, 5); }
TEST(FuzzCorpus, Searches) { run_corpus("searches", fuzz::searches, 17); }
TEST(FuzzCorpus, Pulls) { run_corpus("pulls", fuzz::pulls, 17); }
TEST(FuzzCorpus, References) { run_corpus("references", fuzz::references, 17); }
TEST(FuzzCorpus, Bulk) { run_corpus("bulk", fuzz::bulk, 17); }
TEST(FuzzCorpus, Synchronisations) { run_corpus("synchronisations", fuzz::synchronisations, 17); }
TEST(FuzzCorpus, Subscriptions) { run_corpus("subscriptions", fuzz::subscriptions, 17); }
TEST(FuzzCorpus, Agreements) { run_corpus("agreements", fuzz::agreements, 29); }
TEST(FuzzCorpus, Participants) { run_corpus("participants", fuzz::participants, 17); }
TEST(FuzzCorpus, Representations) { run_corpus("representations", fuzz::representations, 5); }
TEST(FuzzCorpus, LogQueries) { run_corpus("log_queries", fuzz::log_queries, 17); }
TEST(FuzzCorpus, Mailbox) { run_corpus("mailbox", fuzz::mailbox, 17); }
TEST(FuzzCorpus, Messages) { run_corpus("messages", fuzz::messages, 17); }
TEST(FuzzCorpus, Tlog) { run_corpus("tlog", fuzz::tlog, 5); }

}  // namespace
}  // namespace wissel
