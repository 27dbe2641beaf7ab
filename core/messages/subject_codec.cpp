#include "core/messages/subject_codec.hpp"

#include <array>
#include <utility>

namespace wissel::core {
namespace {

namespace json = boost::json;

constexpr std::array<EnumName<SubjectKind>, 7> kKinds{{{"bsn", SubjectKind::kBsn},
                                                       {"rsin", SubjectKind::kRsin},
                                                       {"kvkNummer", SubjectKind::kKvkNummer},
                                                       {"vestigingsnummer", SubjectKind::kVestigingsnummer},
                                                       {"zaak", SubjectKind::kZaak},
                                                       {"verzoek", SubjectKind::kVerzoek},
                                                       {"overig", SubjectKind::kOverig}}};

constexpr std::size_t kTextMax = Subject::kOverigCharactersMax;

void fault_number(ObjectReader& reader, std::string_view text, std::string_view reason) {
  const bool digits = all_digits(text) && (text.size() == 8 || text.size() == 9);
  reader.fault("waarde", digits ? ProblemCode::kElfproef : ProblemCode::kFieldValue,
               digits ? "voldoet niet aan de elfproef" : reason);
}

template <class Number>
std::optional<Subject> read_checked_number(ObjectReader& reader, std::string_view text) {
  if (const auto number = Number::parse(text)) return Subject(*number);
  fault_number(reader, text, "moet negen cijfers zijn");
  return std::nullopt;
}

template <class Number>
std::optional<Subject> read_number(ObjectReader& reader, std::string_view text, std::string_view reason) {
  if (const auto number = Number::parse(text)) return Subject(*number);
  reader.fault("waarde", ProblemCode::kFieldValue, reason);
  return std::nullopt;
}

std::optional<Oin> read_bronorganisatie(ObjectReader& reader) {
  const auto text = reader.required_string("bronorganisatie", 1, Oin::kLength);
  if (!text) return std::nullopt;
  if (auto oin = parse_bronorganisatie(*text)) return *oin;
  reader.fault("bronorganisatie", ProblemCode::kFieldValue, "moet een geldig RSIN of OIN zijn");
  return std::nullopt;
}

std::optional<ZaakId> make_zaak_id(ObjectReader& reader, std::string_view field, const std::optional<Oin>& oin,
                                   std::string_view identificatie) {
  if (!ZaakId::is_identificatie(identificatie)) {
    reader.fault(field, ProblemCode::kFieldValue, "1 tot en met 40 tekens, NFC, zonder losse accenten en stuurtekens");
    return std::nullopt;
  }
  if (!oin) return std::nullopt;
  auto id = ZaakId::parse(*oin, identificatie);
  if (!id) return std::nullopt;
  return std::move(*id);
}

std::optional<Subject> read_overig(ObjectReader& reader, std::string_view waarde) {
  const auto stelsel = reader.required_uri("stelsel", kTextMax);
  if (!stelsel) return std::nullopt;
  auto subject = Subject::overig(*stelsel, waarde);
  if (subject) return std::move(*subject);
  reader.fault("waarde", ProblemCode::kFieldValue, "1 tot en met 255 tekens, zonder stuurtekens");
  return std::nullopt;
}

std::optional<Subject> read_value(ObjectReader& reader, SubjectKind kind, std::string_view waarde) {
  switch (kind) {
    case SubjectKind::kBsn:
      return read_checked_number<Bsn>(reader, waarde);
    case SubjectKind::kRsin:
      return read_checked_number<Rsin>(reader, waarde);
    case SubjectKind::kKvkNummer:
      return read_number<KvkNummer>(reader, waarde, "moet acht cijfers zijn");
    case SubjectKind::kVestigingsnummer:
      return read_number<Vestigingsnummer>(reader, waarde, "moet twaalf cijfers zijn");
    case SubjectKind::kZaak:
    case SubjectKind::kVerzoek: {
      const auto oin = read_bronorganisatie(reader);
      const auto id = make_zaak_id(reader, "waarde", oin, waarde);
      if (!id) return std::nullopt;
      return kind == SubjectKind::kZaak ? Subject::zaak(*id) : Subject::verzoek(*id);
    }
    case SubjectKind::kOverig:
      return read_overig(reader, waarde);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Subject> read_subject(const json::value& value, const std::string& pointer, Faults& faults) {
  ObjectReader reader(value, pointer, faults);
  const auto kind = reader.required_enum("soort", kKinds);
  const auto waarde = reader.required_string("waarde", 1, kTextMax);
  std::optional<Subject> subject;
  if (kind && waarde) {
    subject = read_value(reader, *kind, *waarde);
  } else {
    // Without a kind nobody can say whether these belong here.
    reader.any("bronorganisatie");
    reader.any("stelsel");
  }
  const std::size_t before = faults.count();
  reader.finish();
  if (faults.count() != before) return std::nullopt;
  return subject;
}

json::value write_subject(const Subject& subject) {
  json::object out;
  out["soort"] = to_string(subject.kind());
  if (const auto id = subject.zaak_id()) {
    out["waarde"] = id->identificatie();
    out["bronorganisatie"] = id->bronorganisatie().view();
    return out;
  }
  if (subject.kind() == SubjectKind::kOverig) {
    const auto zero = subject.canonical().find('\0');
    out["waarde"] = std::string_view(subject.canonical()).substr(zero + 1);
    out["stelsel"] = std::string_view(subject.canonical()).substr(0, zero);
    return out;
  }
  out["waarde"] = subject.canonical();
  return out;
}

std::optional<ZaakId> read_zaak_id(ObjectReader& reader) {
  const auto oin = read_bronorganisatie(reader);
  const auto identificatie = reader.required_string("identificatie", 1, ZaakId::kCharactersMax);
  if (!identificatie) return std::nullopt;
  return make_zaak_id(reader, "identificatie", oin, *identificatie);
}

std::optional<ZaakId> read_zaak_id(const json::value& value, const std::string& pointer, Faults& faults) {
  ObjectReader reader(value, pointer, faults);
  auto id = read_zaak_id(reader);
  reader.finish();
  return id;
}

json::value write_zaak_id(const ZaakId& id) {
  return json::object{{"identificatie", id.identificatie()}, {"bronorganisatie", id.bronorganisatie().view()}};
}

}  // namespace wissel::core
