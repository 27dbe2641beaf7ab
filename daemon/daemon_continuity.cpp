// The start's look at the checkpoint that is kept apart: an older copy of the store is refused, or goes on by an
// operator's word, which becomes a record.
#include <future>

#include "core/log/kept.hpp"
#include "core/log/note.hpp"
#include "daemon/daemon_graph.hpp"
#include "transport/work/work_draft.hpp"

namespace wissel::daemon {
namespace {

/// The first record after an older copy: from where the log goes on, what was given up, and by whose word.
core::RecordDraft acceptance_record(const index::AcceptedCopy& accepted, const core::View& view, core::Instant now) {
  auto draft = transport::work_draft(view, now, core::Actie::kBeheren, "oudere kopie aanvaard", std::nullopt);
  draft.record.object = "log " + std::to_string(accepted.from.size) + ", checkpoint " + accepted.kept_sha256;
  draft.record.regel = "oudere-kopie";
  core::SaltedAnnex annex;
  core::random_bytes(annex.salt);
  core::Annex content;
  content.gebruiker = core::ActingUser{accepted.by, core::Gebruikersoort::kMedewerker, {}, {}};
  annex.bytes = core::encode_annex(content);
  draft.record.bijlage = core::annex_hash(annex.salt, annex.bytes);
  draft.annex = std::move(annex);
  return draft;
}

}  // namespace

/// Whether this daemon may go on with the log in its store. Nothing is signed before.
core::Result<void> Daemon::Graph::judge_log() {
  auto opened = index::CheckpointApart::open(settings.log.checkpoint_dir);
  if (!opened) return std::unexpected(std::move(opened).error());
  auto note = opened->note();
  if (!note) return std::unexpected(std::move(note).error());
  const core::VerifierKey key{identity->origin, identity->key.public_key()};
  const auto& edge = machine->view()->edge;
  auto judged = core::judge_kept(*note, &key, edge, *store);
  if (!judged) return std::unexpected(std::move(judged).error());
  if (!judged->fine()) {
    auto word = opened->accepted();
    if (!word) return std::unexpected(std::move(word).error());
    const bool meant = *word && (*word)->kept_sha256 == index::note_sha256(**note);
    const auto same = meant ? core::continuity((*word)->from, edge, *store) : core::Continuity::kDiffers;
    if (!same) return std::unexpected(same.error());
    if (*same != core::Continuity::kContinues) {
      return core::fail(core::Errc::kConflict, core::explain(*judged, settings.data_dir.string(), opened->path()));
    }
    accepted_copy = std::move(**word);
  } else if (judged->state == core::KeptState::kNone && edge.size() > 0) {
    loggers.daemon->warn("no checkpoint was kept, so an older copy would not have been recognised",
                         {{"kept_from_now_on", opened->path().c_str()}});
  }
  const auto sign = [this](std::uint64_t size, const core::Hash& root) {
    return core::sign_checkpoint(identity->origin, size, root, identity->key).encode();
  };
  keeper = std::make_unique<CheckpointKeeper>(std::move(*opened), *machine, sign, *loggers.daemon, metrics);
  return {};
}

/// Once the committer runs, and before anybody is served.
core::Result<void> Daemon::Graph::keep_checkpoints() {
  if (!accepted_copy) return keeper->start();
  core::Submission submission;
  submission.command.now = wall_clock();
  submission.command.records.push_back(acceptance_record(*accepted_copy, *machine->view(), submission.command.now));
  std::promise<core::Result<void>> promise;
  auto durable = promise.get_future();
  submission.done = [&promise](const core::Result<core::Outcome>& outcome) {
    promise.set_value(outcome ? core::Result<void>() : std::unexpected(outcome.error()));
  };
  if (auto submitted = committer->submit(std::move(submission)); !submitted) return submitted;
  if (auto recorded = durable.get(); !recorded) return recorded;
  loggers.daemon->warn("an older copy of the store goes on, as accepted",
                       {{"log_records", accepted_copy->from.size}, {"by", accepted_copy->by.c_str()}});
  return keeper->start_over();
}

}  // namespace wissel::daemon
