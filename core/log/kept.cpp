#include "core/log/kept.hpp"

#include <utility>

#include "core/log/stored.hpp"

namespace wissel::core {
namespace {

/// The checkpoint in a note, with or without a look at its signature.
Result<Checkpoint> read_note(std::string_view note, const VerifierKey* key) {
  if (key != nullptr) return verify_checkpoint(note, *key);
  auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(std::move(parsed).error());
  return Checkpoint::parse(parsed->text);
}

KeptState state_of(Continuity found) noexcept {
  switch (found) {
    case Continuity::kContinues:
      return KeptState::kContinues;
    case Continuity::kShorter:
      return KeptState::kOlder;
    case Continuity::kDiffers:
      return KeptState::kOther;
  }
  return KeptState::kOther;
}

std::string records(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " record" : " records"); }

}  // namespace

Result<KeptJudgement> judge_kept(const std::optional<std::string>& note, const VerifierKey* key, const TreeEdge& edge,
                                 const StoreReader& store) {
  KeptJudgement out;
  out.here = {edge.size(), edge.root()};
  if (!note) return out;
  const auto checkpoint = read_note(*note, key);
  if (!checkpoint) {
    out.state = KeptState::kUnreadable;
    out.detail = checkpoint.error().detail;
    return out;
  }
  out.kept = {checkpoint->size, checkpoint->root};
  auto found = continuity(out.kept, edge, store);
  if (!found) return std::unexpected(std::move(found).error().within("compare the log with its kept checkpoint"));
  out.state = state_of(*found);
  return out;
}

Result<KeptJudgement> judge_kept(const std::optional<std::string>& note, const StoreReader& store) {
  const auto edge = stored_edge(store);
  if (!edge) return std::unexpected(edge.error());
  const auto vkey = store.get(Family::kMeta, kMetaLogVkey);
  if (!vkey) return std::unexpected(vkey.error());
  if (!*vkey) return judge_kept(note, nullptr, *edge, store);
  const auto key = VerifierKey::parse(**vkey);
  if (!key) return fail(Errc::kCorrupt, "meta: log/vkey: " + key.error().detail);
  return judge_kept(note, &*key, *edge, store);
}

std::string explain(const KeptJudgement& judgement, std::string_view data_dir, std::string_view note_path) {
  const std::string data(data_dir);
  const std::string note(note_path);
  const auto remedy = [&data](std::string_view first) {
    return "; nothing was changed and nothing is signed. " + std::string(first) +
           "; only where there is none, and when partners and auditors know: 'wisselctl log accept-older " + data + "'";
  };
  constexpr std::string_view kNewerStore = "Put the newer store back, or restore a newer backup";
  switch (judgement.state) {
    case KeptState::kNone:
      return "no checkpoint is kept in " + note + ": an older copy of the store would not be recognised";
    case KeptState::kContinues:
      return "the log in " + data + " goes on from the checkpoint in " + note + " (" + records(judgement.kept.size) +
             ")";
    case KeptState::kOlder:
      return "the store in " + data + " is an older copy: its log has " + records(judgement.here.size) + ", and " +
             std::to_string(judgement.kept.size) + " were signed (" + note +
             "). Going on would sign a second log beside the first" + remedy(kNewerStore);
    case KeptState::kOther:
      return "the store in " + data + " holds another log than was signed: the first " + records(judgement.kept.size) +
             " do not give the root in " + note + ". Going on would sign a second log beside the first" +
             remedy(kNewerStore);
    case KeptState::kUnreadable:
      return note + " is no checkpoint that this log's key signed: " + judgement.detail +
             ". Without it an older copy of the store is not recognised" +
             remedy("Put this file back from a copy of its directory");
  }
  return {};
}

}  // namespace wissel::core
