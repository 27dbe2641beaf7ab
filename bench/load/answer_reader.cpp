#include "bench/load/answer_reader.hpp"

#include <algorithm>
#include <charconv>

namespace wissel::load {
namespace {

constexpr std::size_t kHeadBytesMax = 64 * 1024;
constexpr std::size_t kBodyBytesMax = 64 * 1024 * 1024;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool same_name(std::string_view given, std::string_view lower) {
  return std::ranges::equal(given, lower,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

template <class Number>
bool parse(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

AnswerReader::State AnswerReader::read(std::string_view bytes) {
  if (size_ == 0) {
    const auto end = bytes.find(kHeadEnd, scanned_);
    if (end == bytes.npos) {
      scanned_ = bytes.size() < kHeadEnd.size() ? 0 : bytes.size() - kHeadEnd.size() + 1;
      return bytes.size() > kHeadBytesMax ? State::kInvalid : State::kMore;
    }
    if (end > kHeadBytesMax || !read_head(bytes.substr(0, end))) return State::kInvalid;
    size_ = end + kHeadEnd.size() + content_length_.value_or(0);
  }
  return bytes.size() >= size_ ? State::kComplete : State::kMore;
}

bool AnswerReader::read_head(std::string_view head) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (!head.starts_with(kVersion) || !parse(head.substr(kVersion.size(), 3), answer_.status)) return false;
  if (answer_.status < 200) return false;
  auto at = head.find("\r\n");
  while (at != head.npos) {
    const auto next = head.find("\r\n", at + 2);
    if (!read_field(head.substr(at + 2, next == head.npos ? head.npos : next - at - 2))) return false;
    at = next;
  }
  return content_length_ || answer_.status == 204 || answer_.status == 304;
}

bool AnswerReader::read_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos) return false;
  const auto name = line.substr(0, colon);
  auto value = line.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  if (same_name(name, "content-length")) {
    content_length_.emplace();
    return parse(value, *content_length_) && *content_length_ <= kBodyBytesMax;
  }
  if (same_name(name, "transfer-encoding")) return false;
  if (same_name(name, "connection")) answer_.close = same_name(value, "close");
  if (same_name(name, "wissel-log-index")) answer_.receipt = true;
  return true;
}

}  // namespace wissel::load
