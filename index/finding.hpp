#pragma once
// One thing that an examination of a store or a configuration looked at, and what it thinks of it.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wissel::index {

/// In order of trouble. kBad alone makes an examination fail.
enum class Verdict : std::uint8_t { kFine, kNote, kWarn, kBad };
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;

struct Finding {
  std::string subject;  ///< a file's name within the directory, a path, or a topic
  std::string kind;     ///< "table", "write-ahead log", "certificate", …
  std::string family;   ///< of a table, where it is known
  std::uint64_t bytes = 0;
  Verdict verdict = Verdict::kFine;
  std::string what;    ///< empty when fine; never key bytes that could stand for a person
  std::string remedy;  ///< empty when there is nothing to do
};
using Findings = std::vector<Finding>;

}  // namespace wissel::index
