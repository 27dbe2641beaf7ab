#include "config/key_table.hpp"

#include <algorithm>
#include <iterator>

#include "config/key_rows.hpp"

namespace wissel::config {

std::span<const KeyRow> key_table() {
  static const auto table = [] {
    std::vector<KeyRow> rows;
    std::ranges::copy(network_rows(), std::back_inserter(rows));
    std::ranges::copy(work_rows(), std::back_inserter(rows));
    return rows;
  }();
  return table;
}

const KeyRow* find_key(std::string_view key) {
  const auto rows = key_table();
  const auto found = std::ranges::find(rows, key, &KeyRow::key);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace wissel::config
