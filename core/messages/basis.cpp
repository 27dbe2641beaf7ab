#include "core/messages/basis.hpp"

#include "core/messages/enum_names.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

constexpr std::size_t kIdCharactersMax = 100;
constexpr std::size_t kFunctionCharactersMax = 100;

std::optional<std::string> owned(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

void set(json::object& out, std::string_view name, const std::optional<std::string>& text) {
  if (text) out[name] = *text;
}

}  // namespace

std::optional<Basis> read_basis(const json::value& value, const std::string& pointer, Faults& faults) {
  const std::size_t before = faults.count();
  ObjectReader reader(value, pointer, faults);
  Basis out;
  const auto id = reader.required_string("uitwisselafspraak", 1, kIdCharactersMax);
  out.uitwisselafspraak = Uuid::parse(id.value_or("")).value_or(Uuid());
  out.doel = owned(reader.optional_uri("doel", kUriCharactersMax));
  out.toestemming = owned(reader.optional_string("toestemming", 1, kIdCharactersMax));
  out.machtiging = owned(reader.optional_string("machtiging", 1, kIdCharactersMax));
  reader.finish();
  if (faults.count() != before) return std::nullopt;
  return out;
}

std::optional<ActingUser> read_acting_user(const json::value& value, const std::string& pointer, Faults& faults) {
  const std::size_t before = faults.count();
  ObjectReader reader(value, pointer, faults);
  ActingUser out;
  out.id = reader.required_string("id", 1, kIdCharactersMax).value_or("");
  out.soort = reader.required_enum("soort", enum_names<Gebruikersoort>()).value_or(Gebruikersoort::kMedewerker);
  out.functie = owned(reader.optional_string("functie", 1, kFunctionCharactersMax));
  out.betrouwbaarheidsniveau = reader.optional_enum("betrouwbaarheidsniveau", enum_names<Betrouwbaarheidsniveau>());
  reader.finish();
  if (faults.count() != before) return std::nullopt;
  return out;
}

json::object write_basis(const Basis& basis) {
  json::object out{{"uitwisselafspraak", basis.uitwisselafspraak.str()}};
  set(out, "doel", basis.doel);
  set(out, "toestemming", basis.toestemming);
  set(out, "machtiging", basis.machtiging);
  return out;
}

json::object write_acting_user(const ActingUser& user) {
  json::object out{{"id", user.id}, {"soort", word(user.soort)}};
  set(out, "functie", user.functie);
  if (user.betrouwbaarheidsniveau) out["betrouwbaarheidsniveau"] = word(*user.betrouwbaarheidsniveau);
  return out;
}

}  // namespace wissel::core
