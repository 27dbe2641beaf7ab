#pragma once
// The known word that a mistyped one most likely meant.
#include <optional>
#include <span>
#include <string_view>

namespace wissel::config {

/// The candidate with the least edit distance (insert, delete, replace, swap of neighbours), if that is at most a third
/// of the word's length and never more than 3; nothing otherwise.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

}  // namespace wissel::config
