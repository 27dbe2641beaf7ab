#include "index/wal_tail.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace wissel::index {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = 32'768;
constexpr std::size_t kHeaderBytes = 7;  // CRC (4), length (2), type (1)
constexpr std::uint32_t kMaskDelta = 0xa282ead8U;
constexpr std::uint8_t kFull = 1;
constexpr std::uint8_t kFirst = 2;
constexpr std::uint8_t kLast = 4;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1U) != 0 ? 0x82f63b78U : 0U);
    table[i] = value;
  }
  return table;
}

/// CRC-32C (RFC 3720, appendix B.4), masked as RocksDB stores it.
std::uint32_t masked_crc(std::string_view bytes) {
  static constexpr auto kTable = make_crc_table();
  std::uint32_t crc = 0xffffffffU;
  for (const char byte : bytes) crc = kTable[(crc ^ static_cast<std::uint8_t>(byte)) & 0xffU] ^ (crc >> 8);
  crc ^= 0xffffffffU;
  return ((crc >> 15) | (crc << 17)) + kMaskDelta;
}

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = (value << 8) | static_cast<std::uint8_t>(bytes[i - 1]);
  return value;
}

struct Record {
  std::uint8_t type;
  std::size_t bytes;  ///< with its header
};

/// The record at the front of `bytes`, if it verifies.
std::optional<Record> record_at(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return std::nullopt;
  const std::size_t length = little_endian(bytes.substr(4, 2));
  const auto type = static_cast<std::uint8_t>(bytes[6]);
  if (type < kFull || type > kLast || length > bytes.size() - kHeaderBytes) return std::nullopt;
  if (masked_crc(bytes.substr(6, 1 + length)) != little_endian(bytes.substr(0, 4))) return std::nullopt;
  return Record{type, kHeaderBytes + length};
}

bool begins_a_write(const Record& record) { return record.type == kFull || record.type == kFirst; }

/// How far the records of a block verify; `begun` tells whether any of them begins a write.
std::size_t verified_bytes(std::string_view block, bool& begun) {
  std::size_t at = 0;
  while (block.size() - at >= kHeaderBytes) {
    const auto record = record_at(block.substr(at));
    if (!record) return at;
    begun = begun || begins_a_write(*record);
    at += record->bytes;
  }
  return block.size();  // what is left is too short for a header: padding, or a header that was cut
}

/// Whether a write begins anywhere in `bytes`, at whatever offset: its length before may be what is damaged.
bool holds_a_write(std::string_view bytes) {
  for (std::size_t at = 0; at + kHeaderBytes <= bytes.size(); ++at) {
    const auto record = record_at(bytes.substr(at));
    if (record && begins_a_write(*record)) return true;
  }
  return false;
}

}  // namespace

core::Result<WalTail> judge_wal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return core::fail(core::Errc::kUnavailable, "cannot read " + path);
  std::vector<char> buffer(kBlockBytes);
  bool broken = false;
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0) {
    const std::string_view block(buffer.data(), static_cast<std::size_t>(file.gcount()));
    bool begun = false;
    const auto verified = verified_bytes(block, begun);
    if (broken && begun) return WalTail::kDamaged;
    if (verified == block.size()) continue;
    broken = true;
    // From the next byte on: at the one where it broke there is none.
    if (holds_a_write(block.substr(verified + 1))) return WalTail::kDamaged;
  }
  if (file.bad()) return core::fail(core::Errc::kUnavailable, "cannot read " + path);
  return broken ? WalTail::kTorn : WalTail::kWhole;
}

core::Result<WalTail> judge_newest_wal(const std::string& dir) {
  std::error_code error;
  std::string newest;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end; entry.increment(error)) {
    // Names are numbers of at least six digits: a longer one is newer, among equals the text decides.
    const auto name = entry->path().filename().string();
    if (!name.ends_with(".log") || entry->file_size(error) == 0) continue;
    if (newest.size() < name.size() || (newest.size() == name.size() && newest < name)) newest = name;
  }
  if (error) return core::fail(core::Errc::kUnavailable, "cannot read " + dir + ": " + error.message());
  if (newest.empty()) return WalTail::kWhole;
  return judge_wal((fs::path(dir) / newest).string());
}

std::vector<std::string> unverified_records(const std::string& dir) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end; entry.increment(error)) {
    auto name = entry->path().filename().string();
    if (!name.ends_with(".log") && !name.starts_with("MANIFEST-")) continue;
    const auto judged = judge_wal(entry->path().string());
    if (judged && *judged != WalTail::kWhole) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace wissel::index
