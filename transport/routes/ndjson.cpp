#include "transport/routes/ndjson.hpp"

#include "transport/http/service.hpp"

namespace wissel::transport {
namespace {

constexpr std::size_t kFaultsNamedPerLine = 10;

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

void NdjsonLines::append(std::string_view chunk) {
  buffer_.erase(0, at_);
  scanned_ -= at_;
  at_ = 0;
  buffer_.append(chunk);
}

NdjsonLine NdjsonLines::take(std::size_t bytes) {
  NdjsonLine line{++number_, std::string_view(buffer_).substr(at_, bytes), skipping_ || bytes > kLineBytesMax};
  if (line.too_long) line.text = {};
  skipping_ = false;
  at_ += bytes;
  return line;
}

std::optional<NdjsonLine> NdjsonLines::next() {
  while (true) {
    const auto end = buffer_.find('\n', scanned_);
    if (end == std::string::npos) {
      scanned_ = buffer_.size();
      if (buffer_.size() - at_ > kLineBytesMax) {
        skipping_ = true;
        at_ = buffer_.size();
      }
      return std::nullopt;
    }
    const auto line = take(end - at_);
    scanned_ = ++at_;
    if (line.too_long || !is_blank(line.text)) return line;
  }
}

std::optional<NdjsonLine> NdjsonLines::last() {
  if (!skipping_ && is_blank(std::string_view(buffer_).substr(at_))) return std::nullopt;
  return take(buffer_.size() - at_);
}

asio::awaitable<OrRefusal<void>> read_lines(BodyStream& body, LineSink& sink) {
  NdjsonLines lines;
  while (true) {
    auto chunk = co_await body.next();
    if (!chunk) co_return refusal(std::move(chunk).error());
    if (chunk->empty()) break;
    lines.append(*chunk);
    while (const auto line = lines.next()) {
      sink.take(*line);
      if (!sink.full()) continue;
      auto sent = co_await sink.send();
      if (!sent) co_return sent;
    }
  }
  if (const auto line = lines.last()) sink.take(*line);
  co_return co_await sink.send();
}

OrRefusal<core::Outcome> or_refusal(core::Result<core::Outcome> outcome) {
  if (!outcome) return refusal(outcome.error());
  if (!outcome->refusal) return std::move(*outcome);
  const auto index = outcome->logged ? std::optional(outcome->log_index) : std::nullopt;
  return std::unexpected(Refusal(std::move(*outcome->refusal), index));
}

core::Problem too_long_line() {
  return {core::ProblemCode::kTooLarge,
          "De regel is langer dan " + std::to_string(NdjsonLines::kLineBytesMax) + " bytes.",
          {}};
}

std::string refused_line(std::uint64_t number, core::Problem problem) {
  if (problem.params.size() > kFaultsNamedPerLine) problem.params.resize(kFaultsNamedPerLine, {});
  return R"({"regel":)" + std::to_string(number) + R"(,"probleem":)" + problem_response(problem).body + "}\n";
}

}  // namespace wissel::transport
