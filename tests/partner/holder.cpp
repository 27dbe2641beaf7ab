#include "tests/partner/holder.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace wissel::partner {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t kBodyBytesMax = 4 * 1024 * 1024;  // above what the gateway carries
constexpr std::chrono::seconds kHandshakeMax{10};
constexpr std::chrono::seconds kIdleMax{600};  // longer than a gateway keeps connections: it decides
constexpr std::chrono::seconds kWriteMax{30};
constexpr std::string_view kGarbage = "\x16\x03\x01\xff\xfe onzin, geen HTTP\r\n\x7f\x01\x02\r\n\r\n";

Response response(const Request& request, http::status status, std::string body = {}) {
  Response made(status, request.version());
  if (!body.empty()) made.set(http::field::content_type, "application/json");
  made.body() = std::move(body);
  made.keep_alive(request.keep_alive());
  made.prepare_payload();
  return made;
}

std::optional<Operation> operation_of(const Request& request) {
  if (request.target() == "/statusbevraging") return Operation::kQuery;
  if (request.target() == "/gebeurtenissen") return Operation::kEvent;
  return std::nullopt;
}

// The attributes that every event has. Source: CloudEvents 1.0, required attributes.
bool is_event(const json::value& body) {
  if (!body.is_object()) return false;
  constexpr std::array<std::string_view, 4> kRequired{"specversion", "id", "source", "type"};
  return std::all_of(kRequired.begin(), kRequired.end(), [&body](std::string_view name) {
    const auto* found = body.get_object().if_contains(name);
    return found && found->is_string() && !found->get_string().empty();
  });
}

Response error_response(const Request& request, const Behaviour& behaviour) {
  auto made = response(request, http::int_to_status(behaviour.status));
  if (behaviour.retry_after_s) made.set(http::field::retry_after, std::to_string(*behaviour.retry_after_s));
  return made;
}

}  // namespace

asio::ssl::context server_context(const Identity& identity, const std::filesystem::path& ca) {
  asio::ssl::context made(asio::ssl::context::tls_server);
  made.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 | SSL_OP_NO_TICKET);
  made.use_certificate_chain_file(identity.certificate.string());
  made.use_private_key_file(identity.key.string(), asio::ssl::context::pem);
  made.load_verify_file(ca.string());
  made.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  SSL_CTX_set_session_cache_mode(made.native_handle(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(made.native_handle(), 0);
  return made;
}

// Stands in the holder's list as long as its coroutine's frame lives.
struct Holder::Connection {
  Connection(std::list<Connection*>& list, tcp::socket& of, bool other)
      : socket(of), other_certificate(other), all(list), place(list.insert(list.end(), this)) {}
  ~Connection() { all.erase(place); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  tcp::socket& socket;
  bool other_certificate;
  bool busy = false;
  bool leave = false;
  std::list<Connection*>& all;
  std::list<Connection*>::iterator place;
};

Holder::Holder(Contexts contexts, Dossier& dossier, Behaviours& behaviours, DeliveryLog& deliveries)
    : contexts_(std::move(contexts)), dossier_(dossier), behaviours_(behaviours), deliveries_(deliveries) {}

Response Holder::answer(Operation operation, const Request& request) {
  boost::system::error_code wrong;
  const auto body = json::parse(request.body(), wrong);
  if (wrong || !body.is_object()) return response(request, http::status::bad_request);

  if (operation == Operation::kQuery) {
    const auto* subject = body.get_object().if_contains("onderwerp");
    const auto key = canonical_subject(subject ? *subject : json::value());
    if (!key) return response(request, http::status::bad_request);
    const json::object found{{"zaken", dossier_.find(*key)}};
    return response(request, http::status::ok, json::serialize(found));
  }
  if (!request[http::field::content_type].starts_with("application/cloudevents+json")) {
    return response(request, http::status::unsupported_media_type);
  }
  if (!is_event(body)) return response(request, http::status::bad_request);
  if (!deliveries_.append(request.body(), body)) return response(request, http::status::service_unavailable);
  return response(request, http::status::no_content);
}

template <class Stream>
asio::awaitable<bool> Holder::misbehave(Stream& stream, const Behaviour& behaviour) {
  auto& tcp_layer = beast::get_lowest_layer(stream);
  if (behaviour.kind == Kind::kHang) {
    // Until the client gives up; what it still sends is read and thrown away.
    tcp_layer.expires_never();
    std::array<char, 512> ignored{};
    for (;;) {
      const auto [error, bytes] = co_await stream.async_read_some(asio::buffer(ignored), kTuple);
      if (error) co_return false;
    }
  }
  if (behaviour.kind == Kind::kGarbage) {
    co_await asio::async_write(stream, asio::buffer(kGarbage), kTuple);
    co_return false;
  }
  if (behaviour.kind == Kind::kBreak) {
    boost::system::error_code ignored;
    tcp_layer.socket().set_option(tcp::socket::linger(true, 0), ignored);  // a reset, as a crash would give
    co_return false;
  }
  if (behaviour.kind == Kind::kDelay) {
    asio::steady_timer timer(co_await asio::this_coro::executor, behaviour.delay);
    co_await timer.async_wait(kTuple);
  }
  co_return true;
}

template <class Stream>
asio::awaitable<void> Holder::requests(Stream& stream, Connection& connection) {
  auto& tcp_layer = beast::get_lowest_layer(stream);
  beast::flat_buffer buffer;
  while (!connection.leave) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kBodyBytesMax);
    tcp_layer.expires_after(kIdleMax);
    connection.busy = false;
    const auto [read_error, read_bytes] = co_await http::async_read(stream, buffer, parser, kTuple);
    if (read_error) co_return;
    connection.busy = true;

    const auto& request = parser.get();
    const auto operation = operation_of(request);
    Response reply;
    if (!operation) {
      reply = response(request, http::status::not_found);
    } else if (request.method() != http::verb::post) {
      reply = response(request, http::status::method_not_allowed);
    } else {
      const auto behaviour = behaviours_.take(*operation);
      if (behaviour.kind == Kind::kCertificate && !connection.other_certificate) co_return;
      if (!co_await misbehave(stream, behaviour)) co_return;
      if (behaviour.kind == Kind::kError) {
        reply = error_response(request, behaviour);
      } else if (behaviour.kind == Kind::kWrongShape && *operation == Operation::kQuery) {
        reply = response(request, http::status::ok, R"({"zaken":{"geen":"lijst"},"status":17})");
      } else {
        reply = answer(*operation, request);
        if (behaviour.kind == Kind::kWrongShape && reply.result() == http::status::no_content) {
          reply = response(request, http::status::ok, R"(["geen antwoord dat iemand verwacht"])");
        }
      }
    }
    if (connection.leave) reply.keep_alive(false);
    tcp_layer.expires_after(kWriteMax);
    const auto [write_error, written_bytes] = co_await http::async_write(stream, reply, kTuple);
    if (write_error || !reply.keep_alive()) co_return;
  }
}

asio::awaitable<void> Holder::serve(tcp::socket socket) {
  const bool other = contexts_.other && behaviours_.take_other_certificate();
  asio::ssl::stream<beast::tcp_stream> stream(std::move(socket), other ? *contexts_.other : contexts_.own);
  auto& tcp_layer = beast::get_lowest_layer(stream);
  boost::system::error_code ignored;
  tcp_layer.socket().set_option(tcp::no_delay(true), ignored);

  Connection connection(connections_, tcp_layer.socket(), other);
  tcp_layer.expires_after(kHandshakeMax);
  const auto [handshake_error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kTuple);
  if (!handshake_error) co_await requests(stream, connection);
}

void Holder::drop_connections() {
  for (auto* connection : connections_) {
    connection->leave = true;
    boost::system::error_code ignored;
    if (!connection->busy) connection->socket.shutdown(tcp::socket::shutdown_both, ignored);
  }
}

}  // namespace wissel::partner
