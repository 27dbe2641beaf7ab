#include "core/json/parse.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "core/json/write.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;
using ErrorCode = json::error_code;

constexpr std::size_t kSegmentBytesMax = 64;
constexpr std::ptrdiff_t kShownDigitsMax = 7;
// Room for the names of a usual body at once: what a search needs, in three allocations.
constexpr std::size_t kNameBytesUsual = 256;
constexpr std::size_t kNamesUsual = 16;
constexpr std::size_t kFramesUsual = 8;
// So few names are compared each with each, without a copy to sort.
constexpr std::ptrdiff_t kComparedPairwise = 16;
// Values that any document may have, and bytes of text for each where it has more. The stack on which values are built
// takes up to 72 bytes for each when it has just grown, so a list of single digits would take some thirty times its
// size; the values of a document that means something are longer.
constexpr std::size_t kValuesAlways = 10'000;
constexpr std::size_t kBytesPerValueMin = 8;

/// The names of the objects that are open, to find a name that comes twice and to say where. Names lie end to end in
/// one string, so that an object costs no allocation of its own.
class OpenNames {
 public:
  OpenNames() {
    bytes_.reserve(kNameBytesUsual);
    names_.reserve(kNamesUsual);
    frames_.reserve(kFramesUsual);
  }
  void open(bool is_object) { frames_.push_back({is_object, names_.size(), 0}); }
  void close() {
    names_.resize(frames_.back().first_name);
    bytes_.resize(names_.empty() ? 0 : names_.back().offset + names_.back().size);
    frames_.pop_back();
  }
  void add_part(std::string_view part) {
    if (!in_name_) {
      names_.push_back({bytes_.size(), 0});
      in_name_ = true;
    }
    bytes_.append(part);
    names_.back().size += part.size();
  }
  void end_name() { in_name_ = false; }
  /// Names of the innermost object so far.
  [[nodiscard]] std::size_t members() const { return names_.size() - frames_.back().first_name; }
  /// A value begins: counts the elements of a list, for the pointer.
  void count_value() {
    if (!frames_.empty() && !frames_.back().is_object) ++frames_.back().elements;
  }
  /// A pointer to a name that the innermost object holds twice. Sorts that object's names, so call it at its end.
  std::optional<std::string> duplicate() {
    const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(frames_.back().first_name);
    const auto name_of = [this](const Name& n) { return std::string_view(bytes_).substr(n.offset, n.size); };
    if (names_.end() - begin <= kComparedPairwise) {
      for (auto one = begin; one != names_.end(); ++one) {
        const auto same = std::ranges::find(begin, one, name_of(*one), name_of);
        if (same != one) return pointer_to(name_of(*one));
      }
      return std::nullopt;
    }
    // Only indices are sorted; the bytes stay, and with them the last entry's end.
    std::vector<Name> sorted(begin, names_.end());
    std::ranges::sort(sorted, {}, name_of);
    const auto twice = std::ranges::adjacent_find(sorted, {}, name_of);
    if (twice == sorted.end()) return std::nullopt;
    return pointer_to(name_of(*twice));
  }

 private:
  struct Name {
    std::size_t offset;
    std::size_t size;
  };
  struct Frame {
    bool is_object;
    std::size_t first_name;
    std::size_t elements;
  };

  [[nodiscard]] std::string pointer_to(std::string_view last) const {
    std::string out;
    for (std::size_t i = 0; i + 1 < frames_.size(); ++i) {
      out += '/';
      if (frames_[i].is_object) {
        const Name& n = names_[frames_[i + 1].first_name - 1];
        out += pointer_segment(std::string_view(bytes_).substr(n.offset, n.size));
      } else {
        out += std::to_string(frames_[i].elements - 1);
      }
    }
    return out + '/' + pointer_segment(last);
  }

  std::string bytes_;
  std::vector<Name> names_;
  std::vector<Frame> frames_;
  bool in_name_ = false;
};

/// Nothing for what a double cannot hold. A whole number of more than 64 bits passes only in the form in which we write
/// one ourselves, so that no digits are lost.
std::optional<double> nearest_double(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  if (text.find_first_of(".eE") != std::string::npos) return number;
  std::string written;
  append_json_number(written, number);
  if (written != text) return std::nullopt;
  return number;
}

/// Builds the value and stops at the first thing that Boost.JSON by itself lets pass.
class StrictHandler {
 public:
  // Names that basic_parser looks for.
  // NOLINTBEGIN(readability-identifier-naming)
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)

  explicit StrictHandler(const JsonLimits& limits) : limits_(limits) { stack_.reset(); }

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_array_begin(ErrorCode& ec) {
    if (!begin_value(ec)) return false;
    names_.open(false);
    return true;
  }
  bool on_array_end(std::size_t count, ErrorCode&) {
    stack_.push_array(count);
    names_.close();
    return true;
  }
  bool on_object_begin(ErrorCode& ec) {
    if (!begin_value(ec)) return false;
    names_.open(true);
    return true;
  }
  bool on_object_end(std::size_t count, ErrorCode& ec) {
    if (auto place = names_.duplicate()) {
      Problem problem{ProblemCode::kJsonDuplicateName, "Een naam staat meer dan eens in hetzelfde object.", {}};
      problem.params.push_back(
          {std::move(*place), ProblemCode::kJsonDuplicateName, "naam staat meer dan eens in dit object"});
      return stop(std::move(problem), ec);
    }
    stack_.push_object(count);
    names_.close();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, ErrorCode&) {
    names_.add_part(part);
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, ErrorCode& ec) {
    names_.add_part(part);
    names_.end_name();
    // At once, not at the object's end: a million members are not first kept and then refused.
    if (names_.members() > limits_.members_max) {
      return stop({ProblemCode::kTooLarge, "Een object heeft te veel velden.", {}}, ec);
    }
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, ErrorCode&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, ErrorCode& ec) {
    stack_.push_string(part);
    return begin_value(ec);
  }
  bool on_number_part(json::string_view part, ErrorCode&) {
    number_.append(part);
    return true;
  }
  bool on_int64(std::int64_t number, json::string_view, ErrorCode& ec) {
    number_.clear();
    stack_.push_int64(number);
    return begin_value(ec);
  }
  bool on_uint64(std::uint64_t number, json::string_view, ErrorCode& ec) {
    number_.clear();
    stack_.push_uint64(number);
    return begin_value(ec);
  }
  // Boost.JSON 1.81 rounds some doubles wrongly and turns a whole number of more than 64 bits into one.
  bool on_double(double, json::string_view part, ErrorCode& ec) {
    number_.append(part);
    const auto number = nearest_double(number_);
    if (!number) return stop({ProblemCode::kJsonInvalid, "Een getal is te groot of te precies.", {}}, ec);
    number_.clear();
    stack_.push_double(*number);
    return begin_value(ec);
  }
  bool on_bool(bool value, ErrorCode& ec) {
    stack_.push_bool(value);
    return begin_value(ec);
  }
  bool on_null(ErrorCode& ec) {
    stack_.push_null();
    return begin_value(ec);
  }
  bool on_comment_part(json::string_view, ErrorCode&) { return true; }
  bool on_comment(json::string_view, ErrorCode&) { return true; }

  [[nodiscard]] std::optional<Problem>& problem() noexcept { return problem_; }
  [[nodiscard]] json::value release() { return stack_.release(); }

 private:
  bool begin_value(ErrorCode& ec) {
    names_.count_value();
    if (++values_ <= limits_.values_max) return true;
    return stop({ProblemCode::kTooLarge, "De JSON heeft te veel waarden.", {}}, ec);
  }
  bool stop(Problem problem, ErrorCode& ec) {
    problem_ = std::move(problem);
    ec = json::error::exception;  // any error stops the parser; problem_ says what it was
    return false;
  }

  JsonLimits limits_;
  json::value_stack stack_;
  OpenNames names_;
  std::string number_;
  std::size_t values_ = 0;
  std::optional<Problem> problem_;
};

Problem syntax_problem(const ErrorCode& ec, std::size_t at, std::size_t depth_max) {
  if (ec == json::error::too_deep) {
    return {ProblemCode::kTooDeep, "Hoogstens " + std::to_string(depth_max) + " niveaus diep.", {}};
  }
  if (ec == json::error::incomplete) return {ProblemCode::kJsonInvalid, "De JSON houdt te vroeg op.", {}};
  return {ProblemCode::kJsonInvalid, "Geen geldige JSON op of na byte " + std::to_string(at) + ".", {}};
}

}  // namespace

std::string pointer_segment(std::string_view name) {
  std::ptrdiff_t digits = 0;
  bool shown = name.size() <= kSegmentBytesMax;
  std::string out;
  for (const char c : name) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    shown = shown && digits <= kShownDigitsMax && !is_control;
    if (!shown) return "*";
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

Checked<json::value> parse_json(std::string_view bytes, const JsonLimits& limits) {
  json::parse_options options;
  options.max_depth = limits.depth_max;
  JsonLimits bounded = limits;
  bounded.values_max = std::min(limits.values_max, std::max(kValuesAlways, bytes.size() / kBytesPerValueMin));
  json::basic_parser<StrictHandler> parser(options, bounded);
  ErrorCode ec;
  const std::size_t used = parser.write_some(false, bytes.data(), bytes.size(), ec);
  if (!ec && used < bytes.size()) ec = json::error::extra_data;
  if (ec) {
    if (parser.handler().problem()) return std::unexpected(std::move(*parser.handler().problem()));
    return std::unexpected(syntax_problem(ec, used, limits.depth_max));
  }
  return parser.handler().release();
}

}  // namespace wissel::core
