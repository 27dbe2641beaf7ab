// Rows of the subcommands for the processing log.
#include "daemon/ctl/commands.hpp"

namespace wissel::ctl {
namespace {

constexpr CommandRow kRows[] = {
    {"log verify", "Verify the whole processing log in a data directory or backup",
     "Recomputes every record's commitment, every tile and the root, and holds the newest signed checkpoint against\n"
     "them. Reads only, and needs neither configuration nor daemon; a directory that a daemon uses is refused.\n"
     "Without --vkey it trusts the key in the store, and says so.\n"
     "Exit code: 0 verified, 1 a fault (the first record that does not fit is named), 3 it cannot be read.\n\n"
     "Examples:\n"
     "  wisselctl log verify /var/backups/wissel/2026-03-02 --vkey \"$(cat log.vkey)\"\n"
     "  wisselctl log verify --json /var/lib/wissel | jq .fault",
     make_log_verify},
    {"log accept-older", "Go on from an older copy of the store, knowingly",
     "The daemon keeps its newest signed checkpoint apart from the store (log.checkpoint_dir), and refuses to start on "
     "a\n"
     "store that does not go on from it: a second log beside the first would be signed. After a restore of an older\n"
     "backup, with no newer store left, this says that it may. The next start then writes a record of it, with who\n"
     "said so, and the checkpoint that is given up stays as evidence. The daemon must be stopped. Tell partners and\n"
     "auditors first: they will see that the checkpoints no longer agree.\n\n"
     "Examples:\n"
     "  wisselctl log accept-older /var/lib/wissel\n"
     "  wisselctl log accept-older /srv/wissel/data --checkpoint-dir /srv/wissel/state --yes",
     make_log_accept_older},
    {"log query", "Show records of the processing log",
     "An auditor sees all of them, others what they did, what was done for them and what names them. Looking is an "
     "access\n"
     "of its own and is recorded.\n\n"
     "Examples:\n"
     "  wisselctl log query --outcome geweigerd --from 2026-11-22T00:00:00Z\n"
     "  wisselctl log query --party 00000001002220647000 --action zoeken --count 200\n"
     "  wisselctl log query --trace 4bf92f3577b34da6a3ce929d0e0e4736 --oldest --json",
     make_log_query},
    {"log export", "Write records as NDJSON, any number",
     "Oldest first, each line with its index, exact text and, for those entitled, salt. An existing file is not\n"
     "overwritten.\n\n"
     "Examples:\n"
     "  wisselctl log export --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z -o november.ndjson\n"
     "  wisselctl log export --action bevragen | jq -r .regel | jq -r '.attributes[\"wissel.oin\"]' | sort | uniq -c",
     make_log_export},
    {"log tail", "Show the newest records, and follow",
     "Its own looks are left out of what it shows, but they stand in the log.\n\n"
     "Examples:\n"
     "  wisselctl log tail\n"
     "  wisselctl log tail --follow --outcome fout\n"
     "  wisselctl log tail -f --count 0 --json",
     make_log_tail},
    {"log check", "Check that a record stands in the log, by its proof",
     "Works out the record's entry from its line and salt, and its place under the signed checkpoint; believes nothing "
     "but\n"
     "the key. The index is the Wissel-Log-Index of an answer: your receipt.\n\n"
     "Examples:\n"
     "  wisselctl log check 41235 --vkey 'wissel.example.nl/log/production+2b17f971+AfT…'\n"
     "  wisselctl log check 41235",
     make_log_check},
};

}  // namespace

std::span<const CommandRow> log_rows() { return kRows; }

}  // namespace wissel::ctl
