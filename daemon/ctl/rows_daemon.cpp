// Rows of the subcommands for the running daemon, its store and its keys.
#include "daemon/ctl/commands.hpp"

namespace wissel::ctl {
namespace {

constexpr CommandRow kRows[] = {
    {"status", "Show how the running daemon is",
     "Asks the daemon over its control socket: is it ready, and if not, which part and why; connections, the log's\n"
     "size and root, room on the disk, and when certificates end. Exit code 1 when it is not ready.\n"
     "Allowed to root, the daemon's user and its group.\n\n"
     "Examples:\n"
     "  wisselctl status\n"
     "  wisselctl status --json | jq -r .certificates.server_not_after\n"
     "  wisselctl status --socket /run/wissel-test/control.sock",
     make_status},
    {"doctor", "Examine every file of a store, and the configuration",
     "With DATADIR: every file of a stopped store or a backup, each with what it is and whether it verifies, the owner "
     "of\n"
     "the files, the schema, the checkpoint kept apart, and free space; with --config also the configuration, keys "
     "and\n"
     "certificates. It reads only. Without DATADIR it asks the running daemon, which reads all its tables while it "
     "goes\n"
     "on serving. Warnings (a certificate that ends within 30 days) do not change the exit code.\n"
     "Exit code: 0 in order, 1 something is wrong and named, 3 it cannot be looked at.\n\n"
     "Examples:\n"
     "  wisselctl doctor\n"
     "  wisselctl doctor /var/lib/wissel --config /etc/wissel/wissel.yaml\n"
     "  wisselctl doctor --json /var/lib/wissel-backup/today | jq '.findings[] | select(.verdict == \"bad\")'",
     make_doctor},
    {"reload", "Take over changed configuration, certificates and revocation lists",
     "As SIGHUP does, but says what came of it: all is taken over or nothing, and keys that wait for a restart are\n"
     "named. No request is dropped. Exit code 1 when it was refused; the daemon goes on as it was.\n\n"
     "Examples:\n"
     "  wisselctl check-config /etc/wissel/wissel.yaml && wisselctl reload\n"
     "  wisselctl reload --json | jq -r '.needs_restart[]'",
     make_reload},
    {"backup", "Copy the store while the daemon runs",
     "Makes a consistent copy in a new directory, with the SHA-256 of each file and a checkpoint signed for exactly "
     "the\n"
     "log that is in it. The daemon writes the copy, so DIR must be writable for it: under the packaged unit that is\n"
     "/var/lib/wissel-backup. The keys are not in it: keep them apart. Interrupting it leaves nothing.\n\n"
     "Examples:\n"
     "  wisselctl backup /var/lib/wissel-backup/$(date +%F)\n"
     "  wisselctl backup /var/lib/wissel-backup/today && wisselctl log verify /var/lib/wissel-backup/today",
     make_backup},
    {"restore", "Put a backup in an empty data directory",
     "Copies and verifies each file. Needs no daemon, and none may run on DATADIR. A restore that breaks off leaves "
     "no\n"
     "store that a daemon would start on. What was accepted after the backup is not in it: tell partners.\n\n"
     "Examples:\n"
     "  systemctl stop wisseld wisseld.socket\n"
     "  mv /var/lib/wissel /var/lib/wissel.old\n"
     "  wisselctl restore /var/lib/wissel-backup/2026-11-22 /var/lib/wissel\n"
     "  chown -R wissel: /var/lib/wissel && wisselctl log verify /var/lib/wissel",
     make_restore},
    {"rebuild", "Make the derived families of a stopped store anew, and compare",
     "Look-up rows of references (from those of their holders), rows by subject and party and the tiles (from the "
     "log's\n"
     "records) are made anew beside the store and compared with what stands: how many are missing, too many or "
     "different,\n"
     "and the first of them, without a subject. Nothing is changed without --replace. What it is derived from is "
     "never\n"
     "touched: damage there needs a backup.\n"
     "Exit code: 0 the same, or replaced; 1 something differs or cannot be made; 3 the store cannot be read.\n\n"
     "Examples:\n"
     "  wisselctl rebuild /var/lib/wissel\n"
     "  wisselctl rebuild /var/lib/wissel --replace --scratch /var/lib/wissel-backup/rebuild",
     make_rebuild},
    {"key new", "Make the keys of a new gateway",
     "Writes log.key (signs checkpoints, Ed25519), pseudonym_keys, sealing_key and body_key, mode 0600, under the "
     "names\n"
     "that the packaged unit hands to the daemon. Never overwrites. Make them once and keep a copy: without them the\n"
     "store cannot be read.\n\n"
     "Example:\n"
     "  wisselctl key new /etc/wissel/credentials",
     make_key_new},
    {"key list", "Show the active pseudonym keys and what is still under each",
     "Counts in the running daemon, which takes a while with millions of references. A key may leave the "
     "configuration\n"
     "when nothing is under it any more and log queries by subject for its time are not needed.\n\n"
     "Examples:\n"
     "  wisselctl key list\n"
     "  wisselctl key list --json | jq '.pseudonym_keys[] | select(.newest | not)'",
     make_key_list},
    {"key vkey", "Print the verifier key that belongs to a log's signing key",
     "In the form of C2SP signed notes: what partners and auditors verify checkpoints with. It is public.\n\n"
     "Example:\n"
     "  wisselctl key vkey /etc/wissel/credentials/log.key --origin wissel.example.nl/log/production",
     make_key_vkey},
};

}  // namespace

std::span<const CommandRow> daemon_rows() { return kRows; }

}  // namespace wissel::ctl
