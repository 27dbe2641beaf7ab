// The words of a fault, for operators.
#include "core/log/verify.hpp"

namespace wissel::core {

namespace {

struct RuleText {
  std::string_view word;
  std::string_view broken;  ///< follows "record 17: "
  std::string_view remedy;
};

constexpr std::string_view kRestore =
    "Keep this copy as evidence; restore the newest backup that verifies, and compare both from this record on.";

constexpr std::string_view kRebuild =
    "The index is derived: make it anew with 'wisselctl rebuild DATADIR --replace', and verify again.";

const RuleText& text_of(LogRule rule) noexcept {
  static constexpr RuleText kReadable{"store-readable", "the store cannot give its bytes back", kRestore};
  static constexpr RuleText kMeta{"meta-present", "what describes the log is missing or malformed", kRestore};
  static constexpr RuleText kPresent{"record-present", "it is gone and no bundle holds its entry", kRestore};
  static constexpr RuleText kFormat{"record-format", "it is in no known format",
                                    "Verify with the version that wrote the store; if that fails too, restore."};
  static constexpr RuleText kWithin{"record-within-size", "it lies beyond the end of the log", kRestore};
  static constexpr RuleText kCommitment{"record-commitment", "its line is not the one that was logged", kRestore};
  static constexpr RuleText kAnnex{"annex-hash", "its annex is not the one that was logged", kRestore};
  static constexpr RuleText kBundle{"bundle-present", "the bundle of its entries is missing or malformed", kRestore};
  static constexpr RuleText kTiles{"tile", "the tree holds another hash for it", kRestore};
  static constexpr RuleText kBeyond{"tile-within-size", "the tree reaches further than the log", kRestore};
  static constexpr RuleText kRoots{"root", "the log ends in records that give another root", kRestore};
  static constexpr RuleText kSigned{"checkpoint", "the signed checkpoint does not hold for this log",
                                    "Check that the key is the log's own; if it is, treat the store as changed."};
  static constexpr RuleText kEnd{"log-end", "signed, and not here: the log has lost its end, or this is an older copy",
                                 "What is here verifies. Put the newer store or file back; only where there is none: "
                                 "'wisselctl log accept-older DATADIR'."};
  static constexpr RuleText kIndex{"index-readable",
                                   "they verify, but the index by which they are found cannot be read", kRebuild};
  static constexpr RuleText kRows{"index-row", "a row of the search index points at a record that has no line",
                                  kRebuild};
  switch (rule) {
    case LogRule::kStoreReadable:
      return kReadable;
    case LogRule::kMetaPresent:
      return kMeta;
    case LogRule::kRecordPresent:
      return kPresent;
    case LogRule::kRecordFormat:
      return kFormat;
    case LogRule::kRecordWithinSize:
      return kWithin;
    case LogRule::kRecordCommitment:
      return kCommitment;
    case LogRule::kAnnexHash:
      return kAnnex;
    case LogRule::kBundlePresent:
      return kBundle;
    case LogRule::kTile:
      return kTiles;
    case LogRule::kTileWithinSize:
      return kBeyond;
    case LogRule::kRoot:
      return kRoots;
    case LogRule::kCheckpoint:
      return kSigned;
    case LogRule::kLogEnd:
      return kEnd;
    case LogRule::kIndexReadable:
      return kIndex;
    case LogRule::kIndexRow:
      return kRows;
  }
  return kReadable;
}

}  // namespace

std::string_view to_string(LogRule rule) noexcept { return text_of(rule).word; }

std::string LogFault::explain() const {
  const auto& text = text_of(rule);
  std::string out = index_end > index + 1 ? "records " + std::to_string(index) + "-" + std::to_string(index_end - 1)
                                          : "record " + std::to_string(index);
  out += ": ";
  out += text.broken;
  if (!detail.empty()) out += " (" + detail + ")";
  out += ". ";
  out += text.remedy;
  return out;
}

}  // namespace wissel::core
