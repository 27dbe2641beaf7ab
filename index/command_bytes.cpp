#include "index/command_bytes.hpp"

#include <type_traits>
#include <variant>
#include <vector>

namespace wissel::index {
namespace {

// The many short strings of a record and of a resource, beside what is counted.
constexpr std::size_t kShortStrings = 512;

template <class T, class Measure>
std::size_t sum(const std::vector<T>& all, Measure measure) {
  std::size_t bytes = 0;
  for (const auto& one : all) bytes += measure(one);
  return bytes;
}

std::size_t measure(const core::RecordDraft& draft) {
  return sizeof(draft) + kShortStrings + draft.line.size() + (draft.annex ? draft.annex->bytes.size() : 0) +
         (draft.shielded
              ? sum(*draft.shielded,
                    [](const auto& each) { return sizeof(each) + each.references.size() * sizeof(core::Uuid); })
              : 0);
}
std::size_t measure(const std::vector<core::RecordDraft>& drafts) {
  return sum(drafts, [](const auto& draft) { return measure(draft); });
}
std::size_t measure(const core::ReferenceChange& change) {
  return sizeof(change) + change.sealed.size() + change.subjects.size() * sizeof(core::Pseudonym) +
         change.digests.size() * sizeof(core::ReferenceDigest);
}
std::size_t measure(const core::IncomingMessage& message) {
  return sizeof(message) + message.event.size() + measure(message.record) + measure(message.reference_records) +
         (message.reference ? measure(*message.reference) : 0) +
         sum(message.matches, [](const auto& match) { return sizeof(match) + match.eindpunt.size(); });
}
std::size_t measure(const core::BulkReferences::Line& line) {
  const auto* change = std::get_if<core::ReferenceChange>(&line.change);
  return sizeof(line) + (change != nullptr ? measure(*change) : 0);
}

std::size_t measure(const core::Effect& effect) {
  const auto of = [](const auto& one) -> std::size_t {
    using T = std::decay_t<decltype(one)>;
    if constexpr (std::is_same_v<T, core::SetReference>) {
      return measure(one.change);
    } else if constexpr (std::is_same_v<T, core::BulkReferences>) {
      return sum(one.lines, [](const auto& line) { return measure(line); });
    } else if constexpr (std::is_same_v<T, core::SyncLines>) {
      return sum(one.lines, [](const auto& line) { return measure(line); });
    } else if constexpr (std::is_same_v<T, core::AcceptMessages>) {
      return sum(one.messages, [](const auto& message) { return measure(message); });
    } else if constexpr (std::is_same_v<T, core::PutSigningKeys>) {
      return sum(one.keys, [](const auto& key) { return sizeof(key) + kShortStrings; });
    } else if constexpr (std::is_same_v<T, core::ContinueSync>) {
      return measure(one.record);
    } else if constexpr (std::is_same_v<T, core::KeepNormals>) {
      return (one.changed.size() + one.gone.size()) * sizeof(core::Normal);
    } else if constexpr (std::is_same_v<T, core::RunTimers>) {
      return measure(one.drafts) + sum(one.keys, [](const auto& key) { return sizeof(key) + key.size(); });
    } else {
      return kShortStrings;
    }
  };
  return std::visit(of, effect);
}

}  // namespace

std::size_t command_bytes(const core::Command& command) noexcept {
  return sizeof(command) + measure(command.effect) + measure(command.records) +
         command.moves.size() * sizeof(core::PseudonymMove);
}

}  // namespace wissel::index
