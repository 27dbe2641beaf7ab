#include "core/log/tile_path.hpp"

#include <charconv>

namespace wissel::core {

namespace {

/// A decimal number without leading zeros.
std::optional<unsigned> small_number(std::string_view text, unsigned most) {
  unsigned value = 0;
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

bool is_three_digits(std::string_view text) {
  return text.size() == 3 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Groups of three digits, all but the last marked with an x, the first not zero unless it is the only one.
std::optional<std::uint64_t> grouped_number(std::string_view text) {
  // 18 digits hold every index below 2^59: with 256 leaves a tile that is above any tree.
  constexpr std::size_t kLengthMax = 6 * 5 - 2;
  if (text.size() > kLengthMax) return std::nullopt;
  std::uint64_t value = 0;
  for (bool first = true; true; first = false) {
    const auto slash = text.find('/');
    const bool last = slash == std::string_view::npos;
    auto group = text.substr(0, slash);
    if (!last) {
      if (!group.starts_with('x')) return std::nullopt;
      group.remove_prefix(1);
      if (first && group == "000") return std::nullopt;
    }
    if (!is_three_digits(group)) return std::nullopt;
    unsigned number = 0;
    std::from_chars(group.data(), group.data() + group.size(), number);
    value = value * 1000 + number;
    if (last) return value;
    text.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<TilePath> parse_tile_path(std::string_view text) {
  const auto wrong = fail(Errc::kInvalidInput, "not the path of a tile");
  TilePath path;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return wrong;
  const auto head = text.substr(0, slash);
  auto rest = text.substr(slash + 1);
  if (head == "entries") {
    path.entries = true;
  } else {
    const auto level = small_number(head, 63);
    if (!level) return wrong;
    path.level = *level;
  }
  if (const auto partial = rest.find(".p/"); partial != std::string_view::npos) {
    const auto width = small_number(rest.substr(partial + 3), 255);
    if (!width || *width == 0) return wrong;
    path.width = static_cast<std::uint8_t>(*width);
    rest = rest.substr(0, partial);
  }
  const auto index = grouped_number(rest);
  if (!index) return wrong;
  path.index = *index;
  return path;
}

std::string format_tile_path(const TilePath& path) {
  std::string groups;
  auto rest = path.index;
  do {
    auto digits = std::to_string(rest % 1000);
    digits.insert(0, 3 - digits.size(), '0');
    groups = groups.empty() ? digits : "x" + digits + "/" + groups;
    rest /= 1000;
  } while (rest != 0);
  std::string out = (path.entries ? std::string("entries") : std::to_string(path.level)) + "/" + groups;
  if (path.width) out += ".p/" + std::to_string(*path.width);
  return out;
}

}  // namespace wissel::core
