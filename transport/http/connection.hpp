#pragma once
// One connection of a server, from handshake to close: requests one after the other, answered in order.
#include <memory>
#include <optional>
#include <string>

#include "transport/http/body_reader.hpp"
#include "transport/http/head_check.hpp"
#include "transport/http/response_writer.hpp"
#include "transport/http/server_state.hpp"
#include "transport/tls/stream.hpp"

namespace wissel::transport {

/// Stays on its io thread, like everything it holds.
class Connection {
 public:
  Connection(ServerState& state, std::size_t thread, Stream::Socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  asio::awaitable<void> run();

  /// Ends it when it waits for a request to begin.
  void end_if_idle() noexcept;
  /// Where the owner can end it whatever it does.
  [[nodiscard]] asio::cancellation_slot slot() noexcept { return cancel_.slot(); }
  void cut();

 private:
  using Reader = BodyReader<true>;

  /// What one exchange knows about its request besides the Request itself.
  struct Exchange {
    HeadFacts facts;
    ResponseFraming framing;
    bool has_body = false;
    bool body_lost = false;        ///< what follows on the connection cannot be told from the body
    bool awaits_continue = false;  ///< the client may still hold its body back
    Share flight;
    Share memory;
  };

  asio::awaitable<bool> shake_hands();
  [[nodiscard]] bool still_trusted();
  /// One request and its answer; false when the connection is over.
  asio::awaitable<bool> exchange();
  /// The bytes of a head; nothing when the connection is over.
  asio::awaitable<std::optional<std::string>> read_head();
  asio::awaitable<void> reject(HeadFault fault, Rejection reason = Rejection::kHttpInvalid);
  [[nodiscard]] bool fill(RequestHead& head, Reader::Parser& parser, const HeadFacts& facts) const;
  /// The refusal that the head alone calls for.
  [[nodiscard]] std::optional<core::Problem> judge(const BodyPlan& plan, const Exchange& ex);
  asio::awaitable<std::optional<core::Problem>> collect(Reader& reader, std::string& body, Exchange& ex);
  [[nodiscard]] std::optional<core::Problem> take_flight(Exchange& ex);
  asio::awaitable<Response> answer(Request request, std::optional<core::Problem> refusal);
  /// Sends, then makes the connection ready for the next request; false when it is over.
  asio::awaitable<bool> reply(Response response, Reader& reader, Exchange& ex);
  asio::awaitable<bool> skip_body(Reader& reader);

  ServerState& state_;
  const std::size_t thread_;
  Stream stream_;
  std::string in_;  ///< bytes that came and were not used yet
  std::shared_ptr<const Peer> peer_;
  bool counted_partner_ = false;
  bool above_partner_limit_ = false;
  bool idle_ = false;
  bool was_cut_ = false;
  bool linger_ = false;  ///< unread bytes may be on their way, and must not turn our last answer into a reset
  asio::cancellation_signal cancel_;
};

}  // namespace wissel::transport
