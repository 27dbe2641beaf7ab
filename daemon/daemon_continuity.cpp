// The start's look at the checkpoint that is kept apart: an older copy of the store is refused, or goes on by an
// operator's word, which becomes a record.
#include <future>

#include "core/log/kept.hpp"
#include "core/log/note.hpp"
#include "core/log/stored.hpp"
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

/// The log in a store against the checkpoint that is kept apart. An older copy that an operator accepted is noted.
core::Result<core::KeptJudgement> Daemon::Graph::compare_with_kept(const core::StoreReader& reader,
                                                                   const core::TreeEdge& edge) {
  auto note = apart->note();
  if (!note) return std::unexpected(std::move(note).error());
  const core::VerifierKey key{identity->origin, identity->key.public_key()};
  auto judged = core::judge_kept(*note, &key, edge, reader);
  if (!judged || judged->fine()) return judged;
  auto word = apart->accepted();
  if (!word) return std::unexpected(std::move(word).error());
  const bool meant = *word && (*word)->kept_sha256 == index::note_sha256(**note);
  const auto same = meant ? core::continuity((*word)->from, edge, reader) : core::Continuity::kDiffers;
  if (!same) return std::unexpected(same.error());
  if (*same != core::Continuity::kContinues) {
    return core::fail(core::Errc::kConflict, core::explain(*judged, settings.data_dir.string(), apart->path()));
  }
  accepted_copy = std::move(**word);
  return judged;
}

/// Before the store is opened: that writes its log anew into tables, and drops what of it does not verify, so what an
/// operator could still put in order would be gone.
core::Result<void> Daemon::Graph::judge_before(const core::StoreReader& before) {
  auto opened = index::CheckpointApart::open(settings.log.checkpoint_dir);
  if (!opened) return std::unexpected(std::move(opened).error());
  apart.emplace(std::move(*opened));
  const auto vkey = before.get(core::Family::kMeta, core::kMetaLogVkey);
  if (!vkey) return std::unexpected(vkey.error());
  if (*vkey && **vkey != identity->vkey) return {};  // the log of another name or key: loading it says so
  const auto edge = core::stored_edge(before);
  if (!edge) return std::unexpected(edge.error());
  if (edge->size() == 0) {
    // Once in the life of a gateway: a second time, data_dir is not the one that was meant.
    loggers.daemon->info("a new log begins", {{"data_dir", settings.data_dir.c_str()}});
  }
  if (auto judged = compare_with_kept(before, *edge); !judged) return std::unexpected(std::move(judged).error());
  return {};
}

/// Whether this daemon may go on with the log as it was loaded. Nothing is signed before.
core::Result<void> Daemon::Graph::judge_log() {
  const auto& edge = machine->view()->edge;
  const auto judged = compare_with_kept(*store, edge);
  if (!judged) return std::unexpected(judged.error());
  if (judged->state == core::KeptState::kNone && edge.size() > 0) {
    loggers.daemon->warn("no checkpoint was kept, so an older copy would not have been recognised",
                         {{"kept_from_now_on", apart->path().c_str()}});
  }
  const auto sign = [this](std::uint64_t size, const core::Hash& root) {
    return core::sign_checkpoint(identity->origin, size, root, identity->key).encode();
  };
  keeper = std::make_unique<CheckpointKeeper>(std::move(*apart), *machine, sign, *loggers.daemon, metrics);
  apart.reset();
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
