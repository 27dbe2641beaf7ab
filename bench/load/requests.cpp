#include "bench/load/requests.hpp"

#include <array>
#include <string_view>

namespace wissel::load {
namespace {

struct Target {
  std::string_view path;
  std::string_view content_type;
  unsigned status;
  unsigned other_status;
};

constexpr std::array<Target, kKindCount> kTargets{{
    {"/v1/zoekopdrachten", "application/json", 200, 200},
    {"/v1/statusberichten", "application/cloudevents+json", 202, 202},
    {"/v1/statusbevragingen", "application/json", 200, 200},
    {"/v1/verwijzingen", "application/json", 201, 200},
    {"/", "", 200, 200},
    {"", "", 0, 0},
    {"", "", 0, 0},
}};
// Of a pushed event, as a whole.
constexpr std::size_t kEventBytes = 1024;

const Target& target(Kind kind) { return kTargets[static_cast<std::size_t>(kind)]; }

std::string padded(std::uint64_t number, std::size_t width) {
  auto text = std::to_string(number);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

}  // namespace

Requests::Requests(const Network& network, const std::vector<std::string>& persons, std::string run)
    : network_(network), persons_(persons), run_(std::move(run)) {}

bool Requests::is_expected(Kind kind, unsigned status) noexcept {
  return status == target(kind).status || status == target(kind).other_status;
}

bool Requests::has_receipt(Kind kind) noexcept { return !is_handshake(kind) && kind != Kind::kGet; }

void Requests::write(Kind kind, std::size_t partner, std::uint64_t ticket, std::uint64_t random,
                     std::string& out) const {
  if (kind == Kind::kGet) {
    out.append("GET ").append(target(kind).path).append(" HTTP/1.1\r\nHost: ").append(network_.authority());
    out.append("\r\n\r\n");
    return;
  }
  const auto content = body(kind, partner, ticket, random);
  out.append("POST ").append(target(kind).path).append(" HTTP/1.1\r\nHost: ").append(network_.authority());
  out.append("\r\nContent-Type: ").append(target(kind).content_type);
  out.append("\r\nContent-Length: ").append(std::to_string(content.size())).append("\r\n\r\n").append(content);
}

std::string Requests::body(Kind kind, std::size_t partner, std::uint64_t ticket, std::uint64_t random) const {
  switch (kind) {
    case Kind::kSearch:
    case Kind::kPull:
      return question(random);
    case Kind::kPush:
      return event(partner, ticket, random);
    case Kind::kRegister:
      return reference(partner, ticket, random);
    case Kind::kGet:
    case Kind::kHandshake:
    case Kind::kResume:
      break;
  }
  return {};
}

std::string Requests::question(std::uint64_t random) const {
  std::string out = R"({"onderwerp":{"soort":"bsn","waarde":")";
  out.append(persons_[random % persons_.size()]).append(R"("},"grondslag":{"uitwisselafspraak":")");
  out.append(network_.agreement).append(R"("},"gebruiker":{"id":"load","soort":"systeem"}})");
  return out;
}

std::size_t Requests::own_person(std::size_t partner, std::uint64_t random) const {
  const std::size_t partners = network_.partners.size();
  if (partner >= persons_.size()) return partner % persons_.size();  // more partners than persons
  const std::size_t own = (persons_.size() - partner + partners - 1) / partners;
  return partner + (random % own) * partners;
}

std::string Requests::event(std::size_t partner, std::uint64_t ticket, std::uint64_t random) const {
  const auto& oin = network_.partners[partner].oin;
  const auto zaak = "ZAAK-" + padded(own_person(partner, random) + 1, 7);
  std::string out = R"({"specversion":"1.0","type":"nl.overheid.zaken.zaakstatus-gewijzigd","id":"load-)";
  out.append(run_).append("-").append(std::to_string(ticket));
  out.append(R"(","source":"urn:nld:oin:)").append(oin).append(R"(:systeem:load","subject":")").append(zaak);
  out.append(R"(","time":"2026-11-22T12:00:00Z","datacontenttype":"application/json","data":{"zaak":{)");
  out.append(R"("identificatie":")").append(zaak).append(R"(","bronorganisatie":")").append(oin);
  out.append(R"(","zaaktype":{"code":"B0001","omschrijving":"Aanvraag behandelen"}},"status":{)");
  out.append(R"("omschrijving":"In behandeling genomen","statusgroep":"in_behandeling","volgnummer":)");
  out.append(std::to_string(ticket % 1000 + 1)).append(R"(,"gezetOp":"2026-11-22T12:00:00Z","toelichting":")");
  constexpr std::string_view kText = "De behandelaar heeft de aanvraag in behandeling genomen. ";
  constexpr std::string_view kEnd = R"("}}})";
  for (std::size_t i = 0; out.size() + kEnd.size() < kEventBytes; ++i) out.push_back(kText[i % kText.size()]);
  return out.append(kEnd);
}

std::string Requests::reference(std::size_t partner, std::uint64_t ticket, std::uint64_t random) const {
  const std::size_t person = own_person(partner, random);
  std::string out = R"({"zaak":{"identificatie":"LOAD-)";
  out.append(padded(person + 1, 7)).append(R"(","bronorganisatie":")").append(network_.partners[partner].oin);
  out.append(R"("},"betrokkenen":[{"soort":"bsn","waarde":")").append(persons_[person]);
  // Another end each time, so that no registration is a repeat that changes nothing.
  out.append(R"("}],"zaaktype":"B0001","geldigTot":"2027-06-)").append(padded(ticket % 28 + 1, 2));
  out.append("T").append(padded(ticket / 28 % 24, 2)).append(":").append(padded(ticket / 672 % 60, 2));
  out.append(R"(:00Z"})");
  return out;
}

}  // namespace wissel::load
