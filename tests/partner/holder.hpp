#pragma once
// The side of a sample partner that Wissel talks to: a holder that answers pulls, and a webhook that takes events.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <filesystem>
#include <list>
#include <optional>
#include <string>

#include "tests/partner/behaviour.hpp"
#include "tests/partner/control.hpp"
#include "tests/partner/delivery_log.hpp"
#include "tests/partner/dossier.hpp"

namespace wissel::partner {

/// PEM files: a certificate with its chain, and its key.
struct Identity {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// TLS 1.2 or 1.3, clients with a certificate under `ca` only. Sessions are never resumed, so that each connection
/// shows the certificate that the behaviour of the moment asks for. Throws boost::system::system_error.
[[nodiscard]] boost::asio::ssl::context server_context(const Identity& identity, const std::filesystem::path& ca);

/// `POST /statusbevraging` and `POST /gebeurtenissen` over mTLS. Not thread-safe; a partner has one thread.
class Holder {
 public:
  struct Contexts {
    boost::asio::ssl::context own;
    std::optional<boost::asio::ssl::context> other;  ///< of another organisation; absent: `certificaat` is not possible
  };

  /// References: owned by main, outlive the holder.
  Holder(Contexts contexts, Dossier& dossier, Behaviours& behaviours, DeliveryLog& deliveries);

  /// The answer of a partner that behaves; an event is in the log before its 2xx exists.
  [[nodiscard]] Response answer(Operation operation, const Request& request);

  /// Serves one connection until the client leaves, a deadline passes, or behaviour ends it.
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);

  /// Ends idle connections now and busy ones after their answer: the next request makes a new handshake.
  void drop_connections();

 private:
  struct Connection;
  template <class Stream>
  boost::asio::awaitable<void> requests(Stream& stream, Connection& connection);
  template <class Stream>
  boost::asio::awaitable<bool> misbehave(Stream& stream, const Behaviour& behaviour);

  Contexts contexts_;
  Dossier& dossier_;
  Behaviours& behaviours_;
  DeliveryLog& deliveries_;
  std::list<Connection*> connections_;  // each owned by the frame of its serve()
};

}  // namespace wissel::partner
