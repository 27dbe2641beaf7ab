#include "transport/http/chunk_decoder.hpp"

#include <algorithm>
#include <charconv>

#include "transport/http/tokens.hpp"

namespace wissel::transport {
namespace {

// Hexadecimal digits of a size: what fits in 64 bits whatever they are.
constexpr std::size_t kSizeDigitsMax = 15;

void skip_blank(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

bool take_token(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, [](char c) { return is_token_character(c); }) - text.begin();
  text.remove_prefix(static_cast<std::size_t>(end));
  return end > 0;
}

/// From the opening quote to the closing one.
bool take_quoted(std::string_view& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (text[i] == '\\') ++i;
  }
  return false;
}

/// *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ). Their meaning is nobody's business here.
bool are_extensions(std::string_view text) {
  while (!text.empty()) {
    skip_blank(text);
    if (!text.starts_with(';')) return false;
    text.remove_prefix(1);
    skip_blank(text);
    if (!take_token(text)) return false;
    auto after = text;
    skip_blank(after);
    if (!after.starts_with('=')) continue;
    text = after.substr(1);
    skip_blank(text);
    if (!(text.starts_with('"') ? take_quoted(text) : take_token(text))) return false;
  }
  return true;
}

/// A field of a trailer is read and dropped, but one that speaks of framing is a trick.
bool is_trailer_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
  const auto name = line.substr(0, colon);
  return !same_word(name, "content-length") && !same_word(name, "transfer-encoding") && !same_word(name, "host") &&
         is_field_value(line.substr(colon + 1));
}

}  // namespace

bool ChunkDecoder::take_size(std::string_view line) noexcept {
  const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
  const auto digits = static_cast<std::size_t>(end - line.data());
  // from_chars takes a minus sign for a signed type only, and no prefix or space at all.
  return failure == std::errc{} && digits <= kSizeDigitsMax && are_extensions(line.substr(digits)) &&
         is_field_value(line);
}

bool ChunkDecoder::take_line(std::string_view in, std::size_t& used) {
  const auto end = in.find('\n');
  if (end == std::string_view::npos) return in.size() <= kLineBytesMax;
  if (end > kLineBytesMax || end == 0 || in[end - 1] != '\r') return false;
  const auto line = in.substr(0, end - 1);
  used += end + 1;
  if (step_ == Step::kSize) {
    step_ = Step::kData;
    if (!take_size(line)) return false;
    if (left_ == 0) step_ = Step::kTrailer;
    return true;
  }
  if (line.empty()) {
    step_ = Step::kDone;
    return true;
  }
  trailer_bytes_ += end + 1;
  return trailer_bytes_ <= kTrailerBytesMax && is_trailer_field(line);
}

bool ChunkDecoder::take_data_end(std::string_view in, std::size_t& used) noexcept {
  static constexpr std::string_view kEnd = "\r\n";
  if (in.size() < kEnd.size()) return kEnd.starts_with(in);
  if (!in.starts_with(kEnd)) return false;
  used += kEnd.size();
  step_ = Step::kSize;
  return true;
}

ChunkDecoder::State ChunkDecoder::read(std::string_view in, std::size_t bytes_max, std::string& data,
                                       std::size_t& used) {
  used = 0;
  std::size_t taken = 0;
  while (step_ != Step::kDone && step_ != Step::kBad) {
    const std::size_t before = used;
    const auto rest = in.substr(used);
    bool fine = true;
    if (step_ == Step::kData) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>({left_, rest.size(), bytes_max - taken}));
      data.append(rest.substr(0, size));
      used += size;
      taken += size;
      left_ -= size;
      if (left_ == 0) step_ = Step::kDataEnd;
      if (left_ == 0) continue;
    } else {
      fine = step_ == Step::kDataEnd ? take_data_end(rest, used) : take_line(rest, used);
    }
    if (!fine) step_ = Step::kBad;
    if (fine && used == before) return State::kMore;
  }
  return step_ == Step::kDone ? State::kDone : State::kBad;
}

}  // namespace wissel::transport
