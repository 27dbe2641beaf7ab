#pragma once
// Every key of the configuration, one row each: where its value goes, what is allowed, whether it may be absent, what
// a change of it takes. Loader, JSON Schema, reload and manual all read this table.
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings.hpp"

namespace wissel::config {

template <class T>
using Slot = T& (*)(Settings&);

using LevelMap = std::map<std::string, core::LogLevel, std::less<>>;

/// The type of a key is that of its place: std::uint32_t is a count, std::uint64_t a size in bytes.
using AnySlot =
    std::variant<Slot<bool>, Slot<std::uint32_t>, Slot<std::uint64_t>, Slot<Milliseconds>, Slot<core::Duration>,
                 Slot<std::string>, Slot<std::vector<std::string>>, Slot<Endpoint>, Slot<std::vector<Endpoint>>,
                 Slot<std::filesystem::path>, Slot<std::vector<std::filesystem::path>>, Slot<SecretLocation>,
                 Slot<Environment>, Slot<LogFormat>, Slot<Confirmation>, Slot<core::LogLevel>, Slot<LevelMap>>;

enum class Presence : std::uint8_t { kOptional, kRequired };
/// What a change of the key takes: SIGHUP, or an end and a start of the daemon.
enum class Effect : std::uint8_t { kAtOnce, kRestart };

/// Of a number its value, of a size bytes, of a duration milliseconds, of a list its length.
struct Bounds {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::int64_t>::max();
};

struct KeyRow {
  std::string_view key;  ///< dotted
  AnySlot slot;
  Bounds bounds;
  Presence presence;
  Effect effect;
  std::string_view description;
};

/// In the order of the manual. Keys of one section stand together.
[[nodiscard]] std::span<const KeyRow> key_table();

/// nullptr where there is no such key.
[[nodiscard]] const KeyRow* find_key(std::string_view key);

}  // namespace wissel::config
