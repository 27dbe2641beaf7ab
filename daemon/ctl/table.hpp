#pragma once
// Tables and coloured words for a person at a terminal.
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ctl/command.hpp"

namespace wissel::ctl {

enum class Colour { kGood, kBad, kChanged, kFaint };
/// The word in its colour, or plain where the terminal shows none.
[[nodiscard]] std::string coloured(const Terminal& terminal, Colour colour, std::string_view text);

/// Text from a peer as it may be shown: control characters become '?', so that none steers the terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// Code points, which is what our texts are wide.
[[nodiscard]] std::size_t width_of(std::string_view text) noexcept;

/// Columns aligned by spaces; on a terminal the widest cells are cut with "…" until a row fits.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : rows_{std::move(headings)} {}
  /// As many cells as there are headings; made printable.
  void add(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const noexcept { return rows_.size() == 1; }
  void print(std::ostream& out, const Terminal& terminal) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// "name: value" lines with the values below each other. An empty value gives no line.
class Facts {
 public:
  void add(std::string name, std::string_view value);
  void print(std::ostream& out) const;

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
};

/// "1.5 GiB"
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace wissel::ctl
