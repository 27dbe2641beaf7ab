#include "tests/partner/control.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>

namespace wissel::partner {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t kBodyBytesMax = 1024 * 1024;  // a guess: a zaak is some KiB

Response response(const Request& request, http::status status, std::string type = {}, std::string body = {}) {
  Response made(status, request.version());
  if (!type.empty()) made.set(http::field::content_type, type);
  made.body() = std::move(body);
  made.keep_alive(request.keep_alive());
  made.prepare_payload();
  return made;
}

Response outcome(const Request& request, const std::expected<void, std::string>& done) {
  if (done) return response(request, http::status::no_content);
  return response(request, http::status::bad_request, "text/plain; charset=utf-8", done.error() + "\n");
}

}  // namespace

Control::Control(Dossier& dossier, Behaviours& behaviours, std::function<void()> recertified)
    : dossier_(dossier), behaviours_(behaviours), recertified_(std::move(recertified)) {}

Response Control::answer(const Request& request) {
  const bool behaviour = request.target() == "/gedrag";
  if (behaviour && request.method() == http::verb::get) {
    return response(request, http::status::ok, "application/json", json::serialize(behaviours_.shown()));
  }
  if (!behaviour && request.target() != "/zaken") return response(request, http::status::not_found);
  if (request.method() != http::verb::post) return response(request, http::status::method_not_allowed);

  boost::system::error_code wrong;
  const auto body = json::parse(request.body(), wrong);
  if (wrong) return outcome(request, std::unexpected("geen JSON: " + wrong.message()));
  if (!behaviour) return outcome(request, dossier_.add(body));
  const bool other_before = behaviours_.other_certificate();
  const auto done = behaviours_.set(body);
  if (other_before != behaviours_.other_certificate()) recertified_();
  return outcome(request, done);
}

asio::awaitable<void> Control::serve(asio::ip::tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kBodyBytesMax);
    const auto [read_error, read_bytes] = co_await http::async_read(stream, buffer, parser, kTuple);
    if (read_error) break;
    const auto reply = answer(parser.get());
    const auto [write_error, written_bytes] = co_await http::async_write(stream, reply, kTuple);
    if (write_error || !reply.keep_alive()) break;
  }
}

}  // namespace wissel::partner
