// Reading a line back. By hand and not over a JSON value: searches and verification read millions of lines, and a
// reader that accepts one order and one form only also notices what the encoder could not have written.
#include <algorithm>
#include <charconv>

#include "core/log/record.hpp"

namespace wissel::core {

namespace {

/// Reads front to back; after the first mismatch ok() is false and everything gives its zero.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
  void refuse() { ok_ = false; }

  void expect(std::string_view text) {
    if (!take(text)) ok_ = false;
  }
  /// True when the next member has this name; its value is next.
  bool member(std::string_view name) {
    auto rest = rest_;
    if (!first_) {
      if (!rest.starts_with(',')) return false;
      rest.remove_prefix(1);
    }
    if (rest.size() < name.size() + 3 || rest[0] != '"' || rest.substr(1, name.size()) != name ||
        rest.substr(name.size() + 1, 2) != "\":") {
      return false;
    }
    rest_ = rest.substr(name.size() + 3);
    first_ = false;
    return true;
  }
  void required(std::string_view name) {
    if (!member(name)) ok_ = false;
  }
  void open() {
    expect("{");
    first_ = true;
  }

  template <class Number>
  Number number() {
    Number value{};
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto digits = rest_.substr(0, static_cast<std::size_t>(end - rest_.data()));
    const bool padded = digits.starts_with("-0") || (digits.size() > 1 && digits.front() == '0');
    if (error != std::errc{} || padded) {
      ok_ = false;
      return {};
    }
    rest_.remove_prefix(digits.size());
    return value;
  }

  /// A string in which nothing is escaped.
  std::string_view plain() {
    expect("\"");
    const auto end = rest_.find_first_of("\"\\");
    if (!ok_ || end == std::string_view::npos || rest_[end] != '"') {
      ok_ = false;
      return {};
    }
    const auto text = rest_.substr(0, end);
    no_control(text);
    rest_.remove_prefix(end + 1);
    return text;
  }
  template <std::size_t N>
  ByteArray<N> hex() {
    ByteArray<N> out{};
    const auto text = plain();
    if (text.size() != 2 * N) {
      ok_ = false;
      return out;
    }
    for (std::size_t i = 0; i < N; ++i) {
      const int high = digit(text[2 * i]);
      const int low = digit(text[2 * i + 1]);
      if (high < 0 || low < 0) ok_ = false;
      out[i] = static_cast<std::uint8_t>((high << 4) | low);
    }
    return out;
  }
  template <class E>
  E choice() {
    const auto value = from_word<E>(plain());
    if (!value) ok_ = false;
    return value.value_or(E{});
  }
  std::optional<Oin> oin() {
    auto parsed = Oin::parse(plain());
    if (parsed) return *parsed;
    ok_ = false;
    return std::nullopt;
  }
  std::vector<Oin> oins() {
    std::vector<Oin> out;
    expect("[");
    do {
      const auto each = oin();
      if (!each) return {};
      out.push_back(*each);
    } while (take(","));
    expect("]");
    return out;
  }

  /// A text that is absent when there is none.
  std::string said() {
    auto out = text();
    if (out.empty()) ok_ = false;
    return out;
  }
  std::string text() {
    std::string out;
    expect("\"");
    while (ok_) {
      const auto end = rest_.find_first_of("\"\\");
      if (end == std::string_view::npos) break;
      no_control(rest_.substr(0, end));
      out += rest_.substr(0, end);
      const bool closed = rest_[end] == '"';
      rest_.remove_prefix(end + 1);
      if (closed) return out;
      out += escaped();
    }
    ok_ = false;
    return {};
  }

 private:
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  static int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  }
  /// The encoder escapes each of these; a line feed in a text would make two lines of one record.
  void no_control(std::string_view text) {
    if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20; })) ok_ = false;
  }
  char escaped() {
    static constexpr std::string_view kForms = "\"\\btnfr";
    static constexpr std::string_view kMeant = "\"\\\b\t\n\f\r";
    if (take("u00")) {
      const int high = rest_.size() < 2 ? -1 : digit(rest_[0]);
      const int low = rest_.size() < 2 ? -1 : digit(rest_[1]);
      const auto meant = static_cast<char>((high << 4) | low);
      // The encoder escapes so below the space only, and not what has a short form.
      if (high < 0 || high > 1 || low < 0 || kMeant.find(meant) != std::string_view::npos) {
        ok_ = false;
        return '\0';
      }
      rest_.remove_prefix(2);
      return meant;
    }
    const auto form = rest_.empty() ? std::string_view::npos : kForms.find(rest_.front());
    if (form == std::string_view::npos) {
      ok_ = false;
      return '\0';
    }
    rest_.remove_prefix(1);
    return kMeant[form];
  }

  std::string_view rest_;
  bool first_ = true;
  bool ok_ = true;
};

void read_attributes(LineReader& line, LogRecord& record) {
  if (line.member("dpl.core.processing_activity_id")) record.processing_activity_id = line.said();
  if (line.member("dpl.core.data_subject_id")) record.data_subject_id = line.hex<16>();
  if (line.member("dpl.core.data_subject_id_type")) record.data_subject_id_type = line.said();
  if (line.member("dpl.core.foreign_operation.processor")) record.foreign_operation_processor = line.said();
  line.required("wissel.actie");
  record.actie = line.choice<Actie>();
  line.required("wissel.uitkomst");
  record.uitkomst = line.choice<Uitkomst>();
  if (line.member("wissel.code")) record.code = line.said();
  if (line.member("wissel.oin")) record.oin = line.oin();
  if (line.member("wissel.namens")) record.namens = line.oin();
  if (line.member("wissel.herkomst")) record.herkomst = line.said();
  if (line.member("wissel.uitwisselafspraak")) record.uitwisselafspraak = line.said();
  if (line.member("wissel.regel")) record.regel = line.said();
  if (line.member("wissel.object")) record.object = line.said();
  if (line.member("wissel.bronhouders")) record.bronhouders = line.oins();
  // A number of them without one of them is not written.
  if (!record.bronhouders.empty() && line.member("wissel.bronhouders_aantal")) {
    record.bronhouders_aantal = line.number<std::uint64_t>();
  }
  if (line.member("wissel.http")) record.http = line.number<std::uint16_t>();
  if (line.member("wissel.stand")) record.stand = line.number<std::uint64_t>();
  if (line.member("wissel.bijlage")) record.bijlage = line.hex<32>();
}

}  // namespace

Result<LogRecord> decode_line(std::string_view text) {
  if (text.size() > kRecordLineBytesMax) return fail(Errc::kCorrupt, "a record's line above its bound in bytes");
  LineReader line(text);
  LogRecord record;
  line.open();
  line.required("v");
  if (line.number<std::uint32_t>() != 1) line.refuse();
  line.required("trace_id");
  record.trace_id = line.hex<16>();
  line.required("span_id");
  record.span_id = line.hex<8>();
  if (line.member("parent_span_id")) record.parent_span_id = line.hex<8>();
  line.required("start_time");
  record.start_time = from_ms(line.number<std::int64_t>());
  line.required("end_time");
  record.end_time = from_ms(line.number<std::int64_t>());
  line.required("status");
  record.status = line.choice<LogStatus>();
  line.required("name");
  record.name = line.text();
  line.required("attributes");
  line.open();
  read_attributes(line, record);
  line.expect("}}");
  if (!line.done()) return fail(Errc::kCorrupt, "a record's line is not in the form of record v1");
  return record;
}

}  // namespace wissel::core
