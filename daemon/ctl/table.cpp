#include "daemon/ctl/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <utility>

namespace wissel::ctl {
namespace {

constexpr std::size_t kGap = 2;
/// Below this a column says nothing any more.
constexpr std::size_t kColumnMin = 6;

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::string cut(const std::string& text, std::size_t width) {
  if (width_of(text) <= width) return text;
  std::size_t bytes = 0;
  for (std::size_t points = 0; points + 1 < width; ++points) {
    ++bytes;
    while (bytes < text.size() && continues(text[bytes])) ++bytes;
  }
  return text.substr(0, bytes) + "…";
}

/// Takes from the widest column until the row fits.
void fit(std::vector<std::size_t>& widths, std::size_t columns) {
  if (columns == 0) return;
  const auto total = [&] {
    std::size_t sum = kGap * (widths.size() - 1);
    for (const auto width : widths) sum += width;
    return sum;
  };
  while (total() > columns) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest <= kColumnMin) return;
    --*widest;
  }
}

}  // namespace

std::string coloured(const Terminal& terminal, Colour colour, std::string_view text) {
  if (!terminal.colour) return std::string(text);
  constexpr std::array<std::string_view, 4> kCodes{"\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[2m"};
  return std::string(kCodes[static_cast<std::size_t>(colour)]) + std::string(text) + "\x1b[0m";
}

namespace {

/// Characters that show nothing, or turn the order of what is shown: U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060
/// to U+206F, U+FEFF. Whoever agrees to a text must see all of it.
void hide_invisible(std::string& text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto byte = [&](std::size_t ahead) { return i + ahead < text.size() ? text[i + ahead] & 0xFF : 0; };
    const int third = byte(2);
    const bool marks =
        byte(0) == 0xE2 && byte(1) == 0x80 && ((third >= 0x8B && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE));
    const bool joins = byte(0) == 0xE2 && byte(1) == 0x81 && third >= 0xA0 && third <= 0xAF;
    const bool order = byte(0) == 0xEF && byte(1) == 0xBB && third == 0xBF;
    if (marks || joins || order) text.replace(i, 3, "?");
    if (byte(0) == 0xD8 && byte(1) == 0x9C) text.replace(i, 2, "?");
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  // C1 controls in UTF-8 are C2 80 to C2 9F.
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    if (static_cast<unsigned char>(out[i]) == 0xC2 && static_cast<unsigned char>(out[i + 1]) < 0xA0) {
      out.replace(i, 2, "?");
    }
  }
  hide_invisible(out);
  return out;
}

std::size_t width_of(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

void Table::add(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  for (auto& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

void Table::print(std::ostream& out, const Terminal& terminal) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  fit(widths, terminal.columns);
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto cell = cut(row[i], widths[i]);
      line += cell;
      if (i + 1 < row.size()) line.append(widths[i] - width_of(cell) + kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << (&row == &rows_.front() ? coloured(terminal, Colour::kFaint, line) : line) << '\n';
  }
}

void Facts::add(std::string name, std::string_view value) {
  if (!value.empty()) rows_.emplace_back(std::move(name), printable(value));
}

void Facts::print(std::ostream& out) const {
  std::size_t widest = 0;
  for (const auto& [name, value] : rows_) widest = std::max(widest, width_of(name));
  for (const auto& [name, value] : rows_) {
    out << name << ':' << std::string(widest - width_of(name) + 1, ' ') << value << '\n';
  }
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::ostringstream out;
  out << std::fixed << std::setprecision(unit == 0 || value >= 100 ? 0 : 1) << value << ' ' << kUnits[unit];
  return out.str();
}

}  // namespace wissel::ctl
