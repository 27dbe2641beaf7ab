#pragma once
// Words and lengths that several message types share. Names are only added.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/policy/names.hpp"

namespace wissel::core {

/// What a message without vertrouwelijkheidaanduiding counts as.
inline constexpr auto kVertrouwelijkheidDefault = Vertrouwelijkheid::kZaakvertrouwelijk;

enum class Statusgroep : std::uint8_t {
  kOntvangen,
  kInBehandeling,
  kWachtOpAanvrager,
  kBeslist,
  kAfgerond,
  kConcept,
};
template <>
struct Words<Statusgroep> {
  static constexpr auto kAll = std::to_array<std::string_view>(
      {"ontvangen", "in_behandeling", "wacht_op_aanvrager", "beslist", "afgerond", "concept"});
};

// Lengths that several message types share, in characters.
inline constexpr std::size_t kUriCharactersMax = 1000;
inline constexpr std::size_t kZaaktypeCodeCharactersMax = 100;
inline constexpr std::size_t kCategorieCharactersMax = 60;

}  // namespace wissel::core
