#include "core/log/record.hpp"

#include <charconv>
#include <span>

#include "core/json/write.hpp"

namespace wissel::core {

namespace {

// Room kept for what follows a list: its count, the numbers, the hash, the brackets.
constexpr std::size_t kAfterListBytes = 320;

std::size_t escaped_bytes(char c) {
  if (c == '"' || c == '\\' || c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r') return 2;
  return static_cast<unsigned char>(c) < 0x20 ? 6 : 1;
}

/// As much of `text` as fits in kRecordTextBytesMax when escaped, never half a character.
std::string_view fitting(std::string_view text) {
  if (text.size() <= kRecordTextBytesMax / 6) return text;
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    used += escaped_bytes(text[i]);
    if (used <= kRecordTextBytesMax) continue;
    while (i > 0 && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) --i;
    return text.substr(0, i);
  }
  return text;
}

/// Writes members in the order of its calls. Names are literals without anything to escape.
class LineWriter {
 public:
  explicit LineWriter(std::string& out) : out_(out) {}

  void raw(std::string_view text) { out_ += text; }
  void name(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void plain(std::string_view member, std::string_view text) {
    name(member);
    out_ += '"';
    out_ += text;
    out_ += '"';
  }
  void text(std::string_view member, std::string_view text) {
    name(member);
    append_json_string(out_, fitting(text));
  }
  void text_if_any(std::string_view member, std::string_view text) {
    if (!text.empty()) this->text(member, text);
  }
  void hex(std::string_view member, std::span<const std::uint8_t> bytes) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    name(member);
    out_ += '"';
    for (const auto byte : bytes) {
      out_ += kDigits[byte >> 4U];
      out_ += kDigits[byte & 15U];
    }
    out_ += '"';
  }
  template <class Number>
  void number(std::string_view member, Number value) {
    name(member);
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out_.append(digits.data(), end);
  }
  /// As many as fit, and their number where not all do.
  void oins(std::string_view member, std::span<const Oin> list, std::optional<std::uint64_t> of_more) {
    if (list.empty()) return;
    name(member);
    out_ += '[';
    std::size_t written = 0;
    while (written < list.size() && out_.size() + Oin::kLength + 3 + kAfterListBytes <= kRecordLineBytesMax) {
      out_ += written == 0 ? "\"" : ",\"";
      out_ += list[written++].view();
      out_ += '"';
    }
    out_ += ']';
    if (of_more || written < list.size()) {
      number(std::string(member) + "_aantal", of_more.value_or(list.size()));
    }
  }

 private:
  std::string& out_;
};

void write_attributes(LineWriter& line, const LogRecord& record) {
  line.text_if_any("dpl.core.processing_activity_id", record.processing_activity_id);
  if (record.data_subject_id) line.hex("dpl.core.data_subject_id", *record.data_subject_id);
  line.text_if_any("dpl.core.data_subject_id_type", record.data_subject_id_type);
  line.text_if_any("dpl.core.foreign_operation.processor", record.foreign_operation_processor);
  line.plain("wissel.actie", word(record.actie));
  line.plain("wissel.uitkomst", word(record.uitkomst));
  line.text_if_any("wissel.code", record.code);
  if (record.oin) line.plain("wissel.oin", record.oin->view());
  if (record.namens) line.plain("wissel.namens", record.namens->view());
  line.text_if_any("wissel.herkomst", record.herkomst);
  line.text_if_any("wissel.uitwisselafspraak", record.uitwisselafspraak);
  line.text_if_any("wissel.regel", record.regel);
  line.text_if_any("wissel.object", record.object);
  line.oins("wissel.bronhouders", record.bronhouders, record.bronhouders_aantal);
  if (record.http) line.number("wissel.http", *record.http);
  if (record.stand) line.number("wissel.stand", *record.stand);
  if (record.bijlage) line.hex("wissel.bijlage", *record.bijlage);
}

void write_user(LineWriter& line, std::string_view member, const std::optional<ActingUser>& user) {
  if (!user) return;
  line.name(member);
  line.raw("{");
  line.text("id", user->id);
  line.plain("soort", word(user->soort));
  if (user->functie) line.text("functie", *user->functie);
  if (user->betrouwbaarheidsniveau) line.plain("betrouwbaarheidsniveau", word(*user->betrouwbaarheidsniveau));
  line.raw("}");
}

}  // namespace

std::string encode_line(const LogRecord& record) {
  std::string out;
  // One allocation for the lines that occur: about 700 bytes and the holders.
  out.reserve(1024 + record.bronhouders.size() * (Oin::kLength + 3));
  LineWriter line(out);
  line.raw("{");
  line.number("v", 1);
  line.hex("trace_id", record.trace_id);
  line.hex("span_id", record.span_id);
  if (record.parent_span_id) line.hex("parent_span_id", *record.parent_span_id);
  line.number("start_time", to_ms(record.start_time));
  line.number("end_time", to_ms(record.end_time));
  line.plain("status", word(record.status));
  line.text("name", record.name);
  line.name("attributes");
  line.raw("{");
  write_attributes(line, record);
  line.raw("}}");
  return out;
}

std::string encode_annex(const Annex& annex) {
  std::string out;
  LineWriter line(out);
  line.raw("{");
  line.number("v", 1);
  write_user(line, "gebruiker", annex.gebruiker);
  if (annex.eindafnemer) line.hex("eindafnemer", *annex.eindafnemer);
  write_user(line, "tweedeGebruiker", annex.tweede_gebruiker);
  line.oins("afgeschermd", annex.afgeschermd, std::nullopt);
  if (annex.weggelaten) {
    line.name("weggelaten");
    line.raw("{");
    line.number("zakenNiveau", annex.weggelaten->by_level);
    line.number("zakenZaaktype", annex.weggelaten->by_zaaktype);
    line.number("velden", annex.weggelaten->fields);
    line.raw("}");
  }
  line.raw("}");
  return out;
}

std::optional<LogRecord> view_for(const LogRecord& record, const Oin& viewer) {
  bool named = false;
  for (const auto& each : record.bronhouders) named = named || each == viewer;
  if (!named) return std::nullopt;
  LogRecord view = record;
  view.bronhouders = {viewer};
  view.bronhouders_aantal.reset();
  view.bijlage.reset();
  return view;
}

}  // namespace wissel::core
