#include "tests/partner/dossier.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace wissel::partner {
namespace {

namespace json = boost::json;

const json::value* member(const json::value& of, std::string_view name) {
  return of.is_object() ? of.get_object().if_contains(name) : nullptr;
}

std::string text(const json::value& of, std::string_view name) {
  const auto* found = member(of, name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string padded(std::string number) { return number.insert(0, number.size() < 9 ? 9 - number.size() : 0, '0'); }

// An RSIN stands for the OIN made from it: prefix 00000001, the number, three zeros.
std::string as_oin(const std::string& organisation) {
  return organisation.size() <= 9 ? "00000001" + padded(organisation) + "000" : organisation;
}

// What makes two statuses statuses of one matter; empty for what has neither number.
std::string identity(const json::value& status) {
  for (const std::string_view kind : {"zaak", "verzoek"}) {
    if (const auto* matter = member(status, kind)) {
      return std::string(kind) + '\0' + as_oin(text(*matter, "bronorganisatie")) + '\0' +
             text(*matter, "identificatie");
    }
  }
  return {};
}

}  // namespace

std::expected<std::string, std::string> canonical_subject(const json::value& subject) {
  const auto kind = text(subject, "soort");
  const auto value = text(subject, "waarde");
  if (value.empty()) return std::unexpected("onderwerp: waarde ontbreekt");
  const auto key = [&kind](const std::string& rest) { return kind + '\0' + rest; };

  if (kind == "bsn" || kind == "rsin") return key(padded(value));
  if (kind == "kvkNummer" || kind == "vestigingsnummer") return key(value);
  if (kind == "zaak" || kind == "verzoek") {
    const auto organisation = text(subject, "bronorganisatie");
    if (organisation.empty()) return std::unexpected("onderwerp: bronorganisatie ontbreekt");
    return key(as_oin(organisation) + '\0' + value);
  }
  if (kind == "overig") {
    const auto scheme = text(subject, "stelsel");
    if (scheme.empty()) return std::unexpected("onderwerp: stelsel ontbreekt");
    return key(scheme + '\0' + value);
  }
  return std::unexpected("onderwerp: onbekende soort");
}

std::expected<void, std::string> Dossier::add(const json::value& request) {
  const auto* subjects = member(request, "onderwerpen");
  const auto* status = member(request, "zaak");
  if (!subjects || !subjects->is_array() || subjects->get_array().empty()) {
    return std::unexpected("onderwerpen: een lijst met ten minste een onderwerp");
  }
  if (!status || !status->is_object()) return std::unexpected("zaak: een object");

  std::vector<std::string> keys;
  for (const auto& subject : subjects->get_array()) {
    auto key = canonical_subject(subject);
    if (!key) return std::unexpected(std::move(key).error());
    keys.push_back(*std::move(key));
  }
  const auto added = identity(*status);
  for (const auto& key : keys) {
    auto& held = zaken_[key];
    const auto same = std::find_if(held.begin(), held.end(), [&added](const json::value& other) {
      return !added.empty() && identity(other) == added;
    });
    if (same == held.end()) {
      held.push_back(*status);
    } else {
      *same = *status;
    }
  }
  return {};
}

json::array Dossier::find(const std::string& canonical) const {
  const auto found = zaken_.find(canonical);
  return found == zaken_.end() ? json::array() : found->second;
}

}  // namespace wissel::partner
