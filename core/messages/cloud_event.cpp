#include "core/messages/cloud_event.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/bytes.hpp"
#include "core/identity/number.hpp"
#include "core/identity/text.hpp"
#include "core/json/write.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

// Characters. CloudEvents sets none; the whole event is bounded by the body.
constexpr std::size_t kIdMax = 255;
constexpr std::size_t kSourceMax = 512;
constexpr std::size_t kTypeMax = 200;
constexpr std::size_t kSubjectMax = 255;
constexpr std::size_t kMediaTypeMax = 200;
constexpr std::size_t kExtensionMax = 1'024;
constexpr std::size_t kExtensionNameMax = 20;
constexpr auto kOwnNames = std::to_array<std::string_view>(
    {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data", "data_base64"});

constexpr bool is_lower_or_digit(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
constexpr char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_letter_or_digit(char c) noexcept { return is_lower_or_digit(to_lower(c)); }

/// RFC 3986 characters; a URI-reference needs no scheme.
bool is_uri_reference(std::string_view text) noexcept { return is_absolute_uri("x:" + std::string(text)); }

/// Reverse DNS: at least two labels of letters, digits, hyphens and underscores.
bool is_event_type(std::string_view text) noexcept {
  const auto fits = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; };
  return text.contains('.') && !text.starts_with('.') && !text.ends_with('.') && !text.contains("..") &&
         std::ranges::all_of(text, fits);
}

/// `type/subtype` with optional parameters (RFC 2046); only the first part is judged.
bool is_media_type(std::string_view text) noexcept {
  const auto essence = text.substr(0, text.find(';'));
  const auto slash = essence.find('/');
  const auto fits = [](char c) { return is_letter_or_digit(c) || std::string_view("!#$&-^_.+/ ").contains(c); };
  return slash != std::string_view::npos && slash > 0 && slash + 1 < essence.size() &&
         std::ranges::all_of(essence, fits);
}

bool is_json_media_type(std::string_view text) {
  std::string essence(text.substr(0, text.find(';')));
  std::ranges::transform(essence, essence.begin(), to_lower);
  while (essence.ends_with(' ')) essence.pop_back();
  return essence.ends_with("/json") || essence.ends_with("+json");
}

bool is_int32(std::string_view text) noexcept {
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<std::string> owned(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

/// JSON format of CloudEvents, section 2.2: a null attribute is an absent one. `data` is no attribute.
void remove_null_attributes(json::object& event) {
  std::vector<std::string> names;
  for (const auto& member : event) {
    if (member.value().is_null() && member.key() != "data") names.emplace_back(member.key());
  }
  for (const auto& name : names) event.erase(name);
}

void read_extension(ObjectReader& reader, std::string_view name, const json::value& value, CloudEvent& out) {
  if (name.size() > kExtensionNameMax || !std::ranges::all_of(name, is_lower_or_digit)) {
    reader.fault(name, ProblemCode::kFieldUnknown, "naam van een extensie: 1 tot en met 20 kleine letters en cijfers");
    return;
  }
  std::string text;
  if (const auto* const string = value.if_string()) {
    text = std::string(*string);
    if (!check_text(text, 1, kExtensionMax, reader.pointer(name), reader.faults())) return;
  } else if (const auto* const number = value.if_int64(); number != nullptr && is_int32(std::to_string(*number))) {
    text = std::to_string(*number);
  } else if (!value.is_bool()) {
    reader.fault(name, ProblemCode::kFieldType, "moet tekst, true, false of een geheel getal van 32 bits zijn");
    return;
  }
  if (name != "traceparent" && resembles_bsn(text)) {
    reader.fault(name, ProblemCode::kElfproef, "mag geen nummer zijn dat een BSN kan zijn");
  }
  out.extensions[name] = value;
}

/// The extensions whose meaning we know: dataref, sequence and sequencetype.
void check_known_extensions(ObjectReader& reader, const CloudEvent& out) {
  const auto text_of = [&](std::string_view name) -> const json::string* {
    const auto* const value = out.extensions.if_contains(name);
    if (value == nullptr) return nullptr;
    if (!value->is_string()) reader.fault(name, ProblemCode::kFieldType, "moet tekst zijn");
    return value->if_string();
  };
  const auto* const dataref = text_of("dataref");
  if (dataref != nullptr && !is_uri_reference(*dataref)) {
    reader.fault("dataref", ProblemCode::kFieldValue, "moet een URI-verwijzing zijn");
  }
  const auto* const sequence = text_of("sequence");
  const auto* const kind = text_of("sequencetype");
  if (kind == nullptr) return;
  if (!reader.has("sequence")) {
    reader.fault("sequence", ProblemCode::kFieldMissing, "is verplicht naast sequencetype");
  }
  std::string word(*kind);
  std::ranges::transform(word, word.begin(), to_lower);
  if (word == "integer" && sequence != nullptr && !is_int32(*sequence)) {
    reader.fault("sequence", ProblemCode::kFieldValue, "moet een geheel getal van 32 bits zijn");
  }
}

void read_extensions(ObjectReader& reader, const json::object& event, CloudEvent& out) {
  std::size_t count = 0;
  for (const auto& member : event) {
    const std::string_view name = member.key();
    if (std::ranges::find(kOwnNames, name) != kOwnNames.end()) continue;
    if (++count > CloudEvent::kExtensionsMax) {
      reader.fault(ProblemCode::kTooLarge, "hoogstens 32 extensies");
      return;
    }
    read_extension(reader, name, member.value(), out);
  }
  check_known_extensions(reader, out);
}

void read_source(ObjectReader& reader, CloudEvent& out) {
  const auto source = reader.required_string("source", 1, kSourceMax);
  if (!source) return;
  out.source = std::string(*source);
  if (!is_uri_reference(*source)) {
    reader.fault("source", ProblemCode::kFieldValue, "moet een URI-verwijzing zijn");
    return;
  }
  const auto oin = oin_in_source(*source);
  if (oin) {
    out.source_oin = *oin;
  } else if (source->starts_with("urn:nld:oin:") || out.type == kZaakStatusEventType) {
    reader.fault("source", ProblemCode::kFieldValue, "moet urn:nld:oin:<OIN>:systeem:<naam> zijn");
  }
}

void read_context(ObjectReader& reader, CloudEvent& out) {
  if (const auto version = reader.required_string("specversion", 1, kIdMax); version && *version != "1.0") {
    reader.fault("specversion", ProblemCode::kFieldValue, "moet 1.0 zijn");
  }
  out.id = reader.required_string("id", 1, kIdMax).value_or("");
  out.type = reader.required_string("type", 1, kTypeMax).value_or("");
  if (!out.type.empty() && !is_event_type(out.type)) {
    reader.fault("type", ProblemCode::kFieldValue, "moet een omgekeerde domeinnaam zijn, zoals nl.overheid.zaken");
  }
  read_source(reader, out);
  out.subject = owned(reader.optional_string("subject", 1, kSubjectMax));
  out.subject_resembles_bsn = out.subject && resembles_bsn(*out.subject);
  out.time = reader.optional_time("time");
  reader.optional_uri("dataschema", kUriCharactersMax);
}

void read_status(ObjectReader& reader, const json::value* data, CloudEvent& out) {
  if (data == nullptr) {
    reader.fault("data", ProblemCode::kFieldMissing, "is verplicht bij dit type");
    return;
  }
  out.status = read_zaak_status(*data, reader.pointer("data"), reader.faults());
  if (!reader.has("subject")) {
    reader.fault("subject", ProblemCode::kFieldMissing, "is verplicht bij dit type");
  } else if (out.status && out.subject && *out.subject != out.status->identificatie()) {
    reader.fault("subject", ProblemCode::kFieldValue,
                 "moet de identificatie van de zaak zijn, of zonder zaak die van het verzoek");
  }
}

void read_data(ObjectReader& reader, CloudEvent& out) {
  const auto media_type = reader.optional_string("datacontenttype", 1, kMediaTypeMax);
  if (media_type && !is_media_type(*media_type)) {
    reader.fault("datacontenttype", ProblemCode::kFieldValue, "moet een mediatype zijn");
  }
  const auto* const data = reader.any("data");
  const auto base64 = reader.optional_string("data_base64", 0, json::string::max_size());
  if (data != nullptr && reader.has("data_base64")) {
    reader.fault("data_base64", ProblemCode::kFieldValue, "data en data_base64 gaan niet samen");
  } else if (base64 && !from_base64(*base64)) {
    reader.fault("data_base64", ProblemCode::kFieldValue, "moet base64 zijn");
  }
  const bool is_json = !media_type || is_json_media_type(*media_type);
  if (data != nullptr && !is_json && !data->is_string()) {
    reader.fault("data", ProblemCode::kFieldType, "moet tekst zijn bij dit datacontenttype");
  }
  if (out.type == kZaakStatusEventType) read_status(reader, data, out);
}

}  // namespace

Result<Oin> oin_in_source(std::string_view source) {
  static constexpr std::string_view kHead = "urn:nld:oin:";
  static constexpr std::string_view kMiddle = ":systeem:";
  const auto wrong = [] { return fail(Errc::kInvalidInput, "source: geen urn:nld:oin:<OIN>:systeem:<naam>"); };
  if (!source.starts_with(kHead)) return wrong();
  source.remove_prefix(kHead.size());
  if (source.size() <= Oin::kLength + kMiddle.size() || !source.substr(Oin::kLength).starts_with(kMiddle)) {
    return wrong();
  }
  return Oin::parse(source.substr(0, Oin::kLength));
}

std::optional<CloudEvent> read_cloud_event(json::value value, const std::string& pointer, Faults& faults) {
  const std::size_t before = faults.count();
  if (auto* const event = value.if_object()) remove_null_attributes(*event);
  CloudEvent out;
  {
    ObjectReader reader(value, pointer, faults);
    if (!reader.is_object()) return std::nullopt;
    read_context(reader, out);
    read_data(reader, out);
    // Takes the place of finish(): what nobody named is an extension attribute.
    read_extensions(reader, value.get_object(), out);
  }
  if (faults.count() != before) return std::nullopt;
  out.event = std::move(value.get_object());
  out.canonical = jcs(out.event);
  return out;
}

Checked<CloudEvent> parse_cloud_event(std::string_view bytes, const JsonLimits& limits) {
  auto value = parse_json(bytes, limits);
  if (!value) return std::unexpected(std::move(value).error());
  Faults faults;
  auto event = read_cloud_event(std::move(*value), "", faults);
  if (!event) return std::unexpected(faults.take_problem());
  return std::move(*event);
}

Checked<std::vector<CloudEvent>> parse_cloud_event_batch(std::string_view bytes, std::size_t count_max,
                                                         const JsonLimits& limits) {
  auto value = parse_json(bytes, limits);
  if (!value) return std::unexpected(std::move(value).error());
  Faults faults;
  auto* const list = value->if_array();
  if (list == nullptr) {
    faults.add("", ProblemCode::kFieldType, "moet een lijst zijn");
    return std::unexpected(faults.take_problem());
  }
  if (list->size() > count_max) {
    return refuse(ProblemCode::kTooLarge, "Hoogstens " + std::to_string(count_max) + " berichten in een keer.");
  }
  std::vector<CloudEvent> out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto event = read_cloud_event(std::move((*list)[i]), '/' + std::to_string(i), faults);
    if (event) out.push_back(std::move(*event));
  }
  if (!faults.empty()) return std::unexpected(faults.take_problem());
  return out;
}

Problem subject_elfproef(const std::string& pointer) {
  return problem_of({{pointer + "/subject", ProblemCode::kElfproef,
                      "mag geen nummer zijn dat een BSN kan zijn, tenzij het een eigen geregistreerde zaak is"}});
}

std::string CloudEvent::order_key() const {
  if (!subject) return source;
  return (source_oin ? source_oin->str() : source + '\0') + *subject;
}

Undisclosed CloudEvent::text() const { return Undisclosed(write_json(event)); }

}  // namespace wissel::core
