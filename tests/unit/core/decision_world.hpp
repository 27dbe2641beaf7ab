#pragma once
// The participants and the agreement that the kept decisions (tests/data/decisions) are about, changed as a row says.
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/policy/explanation.hpp"
#include "core/policy/hours.hpp"
#include "core/policy/matching.hpp"
#include "core/policy/network.hpp"

namespace wissel::core::decisions {

using Deltas = std::map<std::string, std::string>;

inline std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, at);) out.push_back(part);
  return out;
}

/// "a=1; b=2"; "-" is empty.
inline Deltas deltas(const std::string& text) {
  Deltas out;
  if (text == "-") return out;
  for (auto part : split(text, ';')) {
    if (part.starts_with(' ')) part.erase(0, 1);
    const auto at = part.find('=');
    out[part.substr(0, at)] = part.substr(at + 1);
  }
  return out;
}
inline std::string get(const Deltas& from, const std::string& name, const std::string& otherwise = {}) {
  const auto at = from.find(name);
  return at == from.end() ? otherwise : at->second;
}

inline Oin named(const std::string& name) {
  static const std::map<std::string, std::string> kNumbers{
      {"ALFA", "201"},        {"GAMMA", "202"},     {"VREEMD", "203"},     {"GESCHORST", "204"},
      {"UITGETREDEN", "205"}, {"AANGEMELD", "206"}, {"BEPROEVING", "207"}, {"ROLLOOS", "208"},
      {"BRON", "209"},        {"ONBEKEND", "210"},  {"HUB", "211"}};
  return Oin::parse("00000099000000" + kNumbers.at(name) + "000").value();
}

inline Uuid agreement_id() { return Uuid::parse("0192a000-0000-7000-8000-000000000001").value(); }
inline Instant moment(const std::string& text) { return parse_rfc3339(text).value(); }

inline void join(Network& network, const std::string& name, Stand stand, bool afnemer) {
  Participant out{
      .oin = named(name), .naam = name, .rollen = {}, .eindpunten = {}, .certificaat_pins = {}, .quota = {}};
  out.stand = stand;
  out.rollen.add(Role::kBronhouder);
  if (afnemer) out.rollen.add(Role::kAfnemer);
  network.put(std::move(out));
}

inline std::vector<Tijdvak> hours_of(const std::string& text) {
  std::vector<Tijdvak> out;
  const auto minute = [](const std::string& clock) {
    return static_cast<std::uint16_t>(std::stoi(clock.substr(0, 2)) * 60 + std::stoi(clock.substr(3)));
  };
  for (const auto& part : split(text, '|')) {
    const auto halves = split(part, ' ');
    const auto span = split(halves[1], '-');
    Tijdvak one{0, minute(span[0]), minute(span[1])};
    for (const auto& day : split(halves[0], ',')) {
      const auto at = std::ranges::find(kDayWords, day) - kDayWords.begin();
      one.dagen = static_cast<std::uint8_t>(one.dagen | 1U << static_cast<unsigned>(at));
    }
    out.push_back(one);
  }
  return out;
}

inline SubjectKinds kinds_of(const std::string& text) {
  SubjectKinds out;
  for (const auto& kind : split(text, ',')) out.add(parse_subject_kind(kind).value());
  return out;
}

inline void set_bounds(Agreement& out, const Deltas& with) {
  if (with.contains("soorten")) out.onderwerpsoorten = kinds_of(with.at("soorten"));
  if (with.contains("uren")) out.tijdvakken = hours_of(with.at("uren"));
  if (with.contains("niveau")) out.minimaal_niveau = from_word<Betrouwbaarheidsniveau>(with.at("niveau"));
  if (with.contains("vierOgen")) out.vier_ogen_vanaf = static_cast<std::uint32_t>(std::stoul(with.at("vierOgen")));
  if (with.contains("typen")) out.gebeurtenistypen = split(with.at("typen"), ',');
  if (with.contains("velden")) out.velden = split(with.at("velden"), ',');
  if (with.contains("max")) out.max_vertrouwelijkheid = from_word<Vertrouwelijkheid>(with.at("max")).value();
  out.gebruiker_vereist = get(with, "gebruiker") == "ja";
  out.toestemming_vereist = get(with, "toestemming") == "ja";
  out.machtiging_toegestaan = get(with, "machtiging") == "ja";
  out.beperkte_verwijzingen = get(with, "beperkt") == "ja";
}

inline Agreement agreement(const Deltas& with) {
  Agreement out;
  out.id = agreement_id();
  out.aanbieders = {named("BRON")};
  for (const char* name :
       {"ALFA", "GAMMA", "GESCHORST", "UITGETREDEN", "AANGEMELD", "BEPROEVING", "ROLLOOS", "ONBEKEND"}) {
    out.afnemers.push_back(named(name));
  }
  std::ranges::sort(out.afnemers);
  out.doel = "https://doel.nl/a";
  for (const auto& act : split(get(with, "handelingen", "zoeken,bevragen,ontvangen"), ',')) {
    out.handelingen[static_cast<std::size_t>(from_word<Handeling>(act).value())] = true;
  }
  out.zaaktypen = split(get(with, "zaaktypen"), ',');
  out.categorieen = split(get(with, "categorieen"), ',');
  out.functies = split(get(with, "functies"), ',');
  out.geldig_van = moment(get(with, "van", "2026-01-01T00:00:00Z"));
  out.geldig_tot = moment(get(with, "tot", "2027-01-01T00:00:00Z"));
  out.versie = std::stoull(get(with, "versie", "1"));
  set_bounds(out, with);
  return out;
}

/// `by` appointed HUB for the acts of `with`, from February until June.
inline Representation appointment(const Deltas& with, const std::string& by, std::uint8_t id) {
  Bytes16 bytes{};
  bytes.back() = id;
  Representation out{
      Uuid(bytes), named(by), named("HUB"), {}, moment("2026-02-01T00:00:00Z"), moment("2026-06-01T00:00:00Z"), {},
      {},          1};
  for (const auto& act : split(with.at("vertegenwoordigt"), ',')) {
    out.handelingen.add(from_word<RepresentedAct>(act).value());
  }
  const auto signing = moment("2026-01-15T00:00:00Z");
  const auto state = get(with, "vertegenwoordiging");
  out.ondertekeningen.push_back({named(by), signing, {}, {}, {}});
  if (state != "half") out.ondertekeningen.push_back({named("HUB"), signing, {}, {}, {}});
  if (state == "beeindigd") out.einde = PartyWord{named(by), signing, {}};
  return out;
}

inline Network network(const Deltas& with) {
  Network out;
  for (const char* name : {"ALFA", "GAMMA", "VREEMD", "BRON"}) join(out, name, Stand::kAangesloten, true);
  join(out, "HUB", Stand::kAangesloten, false);
  join(out, "GESCHORST", Stand::kGeschorst, true);
  join(out, "UITGETREDEN", Stand::kUitgetreden, true);
  join(out, "AANGEMELD", Stand::kAangemeld, true);
  join(out, "BEPROEVING", Stand::kInBeproeving, true);
  join(out, "ROLLOOS", Stand::kAangesloten, false);
  auto dossier = in_force(agreement(with));
  if (get(with, "geschorst") == "ja")
    dossier.schorsingen.push_back({named("BRON"), moment("2026-01-02T00:00:00Z"), {}});
  out.put(std::move(dossier));
  if (with.contains("vertegenwoordigt")) {
    std::uint8_t id = 0;
    for (const char* by : {"ALFA", "ROLLOOS", "GESCHORST"}) out.put(appointment(with, by, ++id));
  }
  return out;
}

inline std::optional<ActingUser> user(const Deltas& with, const std::string& name) {
  if (!with.contains(name)) return std::nullopt;
  auto parts = split(with.at(name) + "/", '/');
  parts.resize(3);
  ActingUser out{parts[0], Gebruikersoort::kMedewerker, {}, {}};
  if (!parts[1].empty()) out.functie = parts[1];
  if (!parts[2].empty()) out.betrouwbaarheidsniveau = from_word<Betrouwbaarheidsniveau>(parts[2]);
  return out;
}

inline std::optional<std::string> optional(const Deltas& with, const std::string& name) {
  return with.contains(name) ? std::optional(with.at(name)) : std::nullopt;
}

inline Question question(const Deltas& with) {
  Basis basis;
  basis.uitwisselafspraak = get(with, "afspraak", "wel") == "wel" ? agreement_id() : Uuid();
  basis.doel = optional(with, "doel");
  basis.toestemming = optional(with, "toestemming");
  basis.machtiging = optional(with, "machtiging");
  return {.caller = named(get(with, "wie", "ALFA")),
          .handeling = from_word<Handeling>(get(with, "handeling", "zoeken")).value(),
          .basis = std::move(basis),
          .gebruiker = user(with, "gebruiker"),
          .zaaktype = optional(with, "zaaktype"),
          .at = moment(get(with, "op", "2026-03-04T10:00:00Z")),
          .vertegenwoordiger = with.contains("door") ? std::optional(named(with.at("door"))) : std::nullopt,
          .tweede_gebruiker = user(with, "tweede"),
          .onderwerpsoorten = kinds_of(get(with, "soorten")),
          .aantal = std::stoul(get(with, "aantal", "1"))};
}

inline std::string said(const Decision& decision) {
  if (decision.allowed) return "toegestaan";
  return std::string(info(decision.code).text).append(" ").append(decision.rule);
}

}  // namespace wissel::core::decisions
