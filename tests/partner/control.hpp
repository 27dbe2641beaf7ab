#pragma once
// The control port of a sample partner: plain HTTP on loopback, for the test that drives it.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>

#include "tests/partner/behaviour.hpp"
#include "tests/partner/dossier.hpp"

namespace wissel::partner {

using Request = boost::beast::http::request<boost::beast::http::string_body>;
using Response = boost::beast::http::response<boost::beast::http::string_body>;

/// `POST /zaken`, `POST /gedrag`, `GET /gedrag`. Refusals are 400 with the reason as text.
class Control {
 public:
  /// References: owned by main, outlive the control port. `recertified` is called when which certificate
  /// is presented has changed: open connections showed another.
  Control(Dossier& dossier, Behaviours& behaviours, std::function<void()> recertified);

  [[nodiscard]] Response answer(const Request& request);

  /// Serves one connection until the client leaves.
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);

 private:
  Dossier& dossier_;
  Behaviours& behaviours_;
  std::function<void()> recertified_;
};

}  // namespace wissel::partner
