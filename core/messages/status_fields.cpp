#include "core/messages/status_fields.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

namespace wissel::core {
namespace {

constexpr auto kFields = std::to_array<std::string_view>({
    "bron",
    "bron.aard",
    "bron.bijgewerktOp",
    "bron.systeem",
    "contact",
    "contact.kanaal",
    "contact.organisatie",
    "contact.telefoon",
    "contact.url",
    "opschorting",
    "opschorting.indicatie",
    "opschorting.reden",
    "proces",
    "proces.gezetOp",
    "proces.naam",
    "proces.stand",
    "proces.toelichting",
    "proces.volgnummer",
    "product",
    "product.naam",
    "product.servicetermijn",
    "product.url",
    "resultaat",
    "resultaat.omschrijving",
    "resultaat.toelichting",
    "resultaat.type",
    "status",
    "status.gezetOp",
    "status.isEindstatus",
    "status.omschrijving",
    "status.statusgroep",
    "status.toelichting",
    "status.volgnummer",
    "taken",
    "taken.deadline",
    "verlenging",
    "verlenging.duur",
    "verlenging.reden",
    "vertrouwelijkheidaanduiding",
    "verwachting",
    "verwachting.aard",
    "verwachting.datum",
    "verwachting.doorlooptijd",
    "verwachting.volgendeStap",
    "verzoek",
    "verzoek.bronorganisatie",
    "verzoek.identificatie",
    "verzoek.ingediendOp",
    "verzoek.kanaal",
    "verzoek.soort",
    "zaak",
    "zaak.bronorganisatie",
    "zaak.identificatie",
    "zaak.startdatum",
    "zaak.titel",
    "zaak.zaaktype",
    "zaak.zaaktype.code",
    "zaak.zaaktype.omschrijving",
    "zaak.zaaktype.url",
});
static_assert(std::ranges::is_sorted(kFields));

/// How many characters must be added, taken away or replaced (Levenshtein).
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const auto replaced = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const std::string_view> status_fields() noexcept { return kFields; }

bool is_status_field(std::string_view path) noexcept {
  if (std::ranges::binary_search(kFields, path)) return true;
  // What is in a task belongs to the Interactie API.
  return path.starts_with("taken.") && !path.ends_with('.') && path.find("..") == std::string_view::npos;
}

std::string_view nearest_status_field(std::string_view path) {
  const auto far = [&](std::string_view field) {
    // Who gives the last name only meant the field that ends with it.
    return std::min(distance(path, field), distance(path, field.substr(field.rfind('.') + 1)) + 1);
  };
  return std::ranges::min(kFields, {}, far);
}

}  // namespace wissel::core
