#include "tests/fuzz/peer_targets.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "core/json/parse.hpp"
#include "tests/fuzz/scan.hpp"
#include "tests/fuzz/site.hpp"
#include "tests/unit/transport/test_server.hpp"
#include "transport/client/exchange.hpp"
#include "transport/http/connection.hpp"
#include "transport/http/tokens.hpp"
#include "transport/pull/part.hpp"

namespace wissel::fuzz {
namespace {

/// Both ends fit these bytes into the kernel's buffers, so that nobody waits for anybody.
constexpr std::size_t kTalkBytesMax = 48 * 1024;

/// Our end, and what the other one said before it stopped speaking.
class Pair {
 public:
  explicit Pair(std::string_view said) {
    std::array<int, 2> ends{};
    demand(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    ours_ = ends[0];
    theirs_ = ends[1];
    demand(::send(theirs_, said.data(), said.size(), 0) == static_cast<ssize_t>(said.size()));
    ::shutdown(theirs_, SHUT_WR);
  }
  ~Pair() { ::close(theirs_); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  /// Once.
  Stream::Socket socket(asio::io_context& io) {
    Stream::Socket out(io);
    out.assign(asio::ip::tcp::v4(), ours_);
    return out;
  }
  /// All that came to the other end, when ours is closed.
  [[nodiscard]] std::string heard() const {
    std::string out;
    std::array<char, 16 * 1024> piece{};
    for (ssize_t got = 0; (got = ::recv(theirs_, piece.data(), piece.size(), 0)) > 0;) {
      out.append(piece.data(), static_cast<std::size_t>(got));
    }
    return out;
  }

 private:
  int ours_ = -1;
  int theirs_ = -1;
};

/// Remembers what it was asked.
class Remembering final : public Service {
 public:
  static constexpr std::size_t kBodyBytesMax = 64 * 1024;

  BodyPlan plan(const RequestHead& head, const Peer&) override {
    return {.bytes_max = kBodyBytesMax, .streamed = head.path.starts_with("/s"), .refusal = {}};
  }
  asio::awaitable<Response> handle(Request request) override {
    std::string body = request.body;
    while (request.stream) {
      auto piece = co_await request.stream->next();
      if (!piece) co_return problem_response(piece.error());
      if (piece->empty()) break;
      body += *piece;
    }
    heard.push_back(request.head.method_text + ' ' + request.head.target + ' ' + body);
    co_return Response{};
  }
  asio::awaitable<Response> refuse(Request, core::Problem problem) override { co_return problem_response(problem); }

  std::vector<std::string> heard;
};

struct Listener {
  Listener() { threads.start(); }
  ~Listener() {
    threads.stop();
    threads.join();
  }

  test::QuietLogger log;
  fakes::RecordingMetrics metrics;
  IoThreads threads{1, "fuzz"};
  Remembering service;
  ServerState state{threads, service, {}, log, metrics};
};

/// The requests that stand in these bytes by the strict reading, up to the first that is none.
std::vector<std::string> requests_in(std::string_view in) {
  std::vector<std::string> out;
  while (true) {
    if (in.starts_with("\r\n")) in.remove_prefix(2);
    const auto found = scan(in, std::max<std::size_t>(in.size(), 1));
    if (found.state != HeadScanner::State::kComplete || found.size > ServerLimits{}.header_bytes_max) return out;
    const auto head = in.substr(0, found.size);
    const auto facts = check_head(head);
    RequestHead request;
    if (!facts || !parse_target(facts->target, request)) return out;
    in.remove_prefix(found.size);
    std::string body;
    if (facts->chunked) {
      ChunkDecoder chunks;
      std::size_t used = 0;
      if (chunks.read(in, in.size(), body, used) != ChunkDecoder::State::kDone) return out;
      in.remove_prefix(used);
    } else {
      const auto length = facts->content_length.value_or(0);
      if (length > in.size()) return out;
      body = in.substr(0, length);
      in.remove_prefix(body.size());
    }
    out.push_back(std::string(facts->method) + ' ' + request.target + ' ' + body);
    if (!facts->keep_alive) return out;
  }
}

/// The statuses in a stream of our own answers.
std::vector<unsigned> statuses_in(std::string_view answers, const std::vector<std::string>& asked) {
  std::vector<unsigned> out;
  while (!answers.empty()) {
    const auto end = answers.find("\r\n\r\n");
    demand(answers.starts_with("HTTP/1.1 ") && end != std::string_view::npos);
    const auto head = answers.substr(0, end + 4);
    const auto status = static_cast<unsigned>(std::stoul(std::string(head.substr(9, 3))));
    answers.remove_prefix(end + 4);
    if (status == 100) continue;
    const bool head_only = out.size() < asked.size() && asked[out.size()].starts_with("HEAD ");
    out.push_back(status);
    const auto at = head.find("Content-Length: ");
    demand(at != std::string_view::npos);
    const auto length = head_only ? 0 : std::stoul(std::string(head.substr(at + 16, head.find('\r', at) - at - 16)));
    // The last may refuse a HEAD that the service never heard of.
    if (out.size() > asked.size() && answers.empty()) break;
    demand(length <= answers.size());
    answers.remove_prefix(length);
  }
  return out;
}

}  // namespace

void http_listener(std::string_view input) {
  static Listener listener;
  input = input.substr(0, kTalkBytesMax);
  listener.service.heard.clear();
  Pair pair(input);
  auto serve = [&pair]() -> asio::awaitable<void> {
    Connection connection(listener.state, 0, pair.socket(listener.threads.context(0)));
    co_await connection.run();
  };
  asio::co_spawn(listener.threads.context(0), serve(), asio::use_future).get();
  const auto expected = requests_in(input);
  // Beast may refuse a little more than we do; it never gets to read what we refuse.
  const auto& heard = listener.service.heard;
  demand(heard.size() <= expected.size() && std::ranges::equal(heard, std::span(expected).first(heard.size())));
  const auto statuses = statuses_in(pair.heard(), heard);
  demand(statuses.size() >= heard.size() && statuses.size() <= heard.size() + 1);
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    demand(i < heard.size() ? statuses[i] == 200 : statuses[i] >= 400 && statuses[i] < 500);
  }
  demand(heard.size() == expected.size() || statuses.size() == heard.size() + 1);
}

void client_answer(std::string_view input) {
  static asio::io_context io;
  const auto [which, rest] = choose(input, 2);
  const auto said = rest.substr(0, kTalkBytesMax);
  ClientRequest request{.method = which == 0 ? Method::kPost : Method::kHead,
                        .url = "https://houder.example/",
                        .headers = {},
                        .body = {},
                        .expected_oin = test::kHolderOne,
                        .deadline = SteadyClock::now() + std::chrono::minutes{1},
                        .answer_bytes_max = 16 * 1024};
  const auto at = parse_https_url(request.url).value();
  std::optional<ExchangeEnd> end;
  Pair pair(said);
  auto talk = [&]() -> asio::awaitable<void> {
    Stream stream({pair.socket(io), nullptr, nullptr});
    end = co_await exchange(stream, request, at, 4 * 1024);
  };
  auto talking = asio::co_spawn(io, talk(), asio::use_future);
  io.run();
  io.restart();
  talking.get();
  demand(end.has_value());
  if (!end->result) return demand(!end->reusable);
  const auto& answer = *end->result;
  demand(answer.status >= 200 && answer.status <= 999 && answer.body.size() <= request.answer_bytes_max);
  demand(which == 0 || answer.body.empty());
  for (const auto& field : answer.headers.all()) demand(is_token(field.name));
  demand(answer.body.size() <= said.size());
}

void holder_answer(std::string_view input) {
  static Site site;
  static const core::Agreement kOpen = *site.view()->network->agreement(kAgreement, test::TestGateway::now());
  static const core::Agreement kNarrow = [] {
    auto out = kOpen;
    out.velden = {"zaak", "status.omschrijving"};
    out.filter = std::make_shared<const core::StatusFilter>(out);
    return out;
  }();
  const auto [which, body] = choose(input, 6);
  const PullTerms terms{.view = site.view(),
                        .agreement = which % 2 == 0 ? &kOpen : &kNarrow,
                        .caller = test::kAfnemer,
                        .zaaktype = {},
                        .body = {},
                        .object = {},
                        .started = {},
                        .ask_until = {},
                        .answer_by = {}};
  static constexpr std::array<unsigned, 3> kStatuses{200, 403, 500};
  const ClientResult result = ClientResponse{kStatuses[which / 2], {}, core::Undisclosed(std::string(body))};
  const auto part = judge_answer(site.gateway(), terms, result);
  demand(part.http == result->status);
  demand((part.end == PartEnd::kAnswered) == part.reason.empty());
  demand(part.end != PartEnd::kAnswered || result->status == 200);
  const auto text = part_json(test::kHolderOne, "Houder", part, 7);
  const auto read = core::parse_json(text, {.depth_max = 40, .values_max = 1'000'000, .members_max = 10'000});
  demand(read.has_value());
  if (part.end != PartEnd::kAnswered) return demand(read->get_object().if_contains("zaken") == nullptr);
  const auto& zaken = read->get_object().at("zaken").as_array();
  demand(zaken.size() == part.zaken_count);
  for (const auto& zaak : zaken) {
    if (which % 2 == 0) continue;
    for (const auto& member : zaak.as_object()) demand(member.key() == "zaak" || member.key() == "status");
  }
}

}  // namespace wissel::fuzz
