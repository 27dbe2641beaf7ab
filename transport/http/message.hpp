#pragma once
// Requests and responses as handlers see them: plain values, no HTTP library in sight.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/identity/oin.hpp"
#include "core/problem.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "transport/asio.hpp"

namespace wissel::transport {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

/// "GET"; for kOther "OTHER". The method as it was sent stands in RequestHead::method_text.
[[nodiscard]] std::string_view to_string(Method method) noexcept;
[[nodiscard]] Method parse_method(std::string_view text) noexcept;

/// Who is on the other side of a connection, as far as its certificate tells. The same value for all its requests.
struct Peer {
  /// False on the plain listener, and where the client sent none. A certificate that was presented has been verified.
  bool certificate_presented = false;
  /// The organisation: the only serialNumber of the certificate's subject, if that is a well-formed OIN.
  std::optional<core::Oin> oin;
  /// Why there is no `oin`: kNoCertificate or kNoCertificateHolder. Means nothing when `oin` is set.
  core::ProblemCode refusal = core::ProblemCode::kNoCertificate;
  /// SHA-256 of the certificate's public key (SubjectPublicKeyInfo), for pins.
  core::Hash spki_sha256{};
  /// The certificate's organizationName; escape before showing.
  std::string organisation;
  /// End of the certificate's validity.
  core::Instant not_after{};
};

/// Header fields in the order they came. Names are kept in lower case.
class Headers {
 public:
  struct Field {
    std::string name;
    std::string value;
  };

  void add(std::string_view name, std::string_view value);
  /// The first field of that name, case-insensitive; nothing when absent.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// How often the field occurs.
  [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
  [[nodiscard]] const std::vector<Field>& all() const noexcept { return fields_; }

 private:
  std::vector<Field> fields_;
};

/// One name and value of the query part, percent-decoded; '+' is a space.
using QueryPair = std::pair<std::string, std::string>;

/// Everything before the body.
struct RequestHead {
  Method method = Method::kOther;
  std::string method_text;
  std::string
      target;        ///< as sent (an absolute form is cut to path and query); holds no personal data by the API's rules
  std::string path;  ///< percent-decoded once; begins with '/', holds no control characters and no encoded '/'
  std::vector<QueryPair> query;
  Headers headers;
  /// Content-Length when there is one; nothing for a chunked body; 0 for no body.
  std::optional<std::uint64_t> content_length = 0;

  /// The first value of a query parameter.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const noexcept;
};

/// Splits and decodes `target` (origin form) into path and query of `head`. False when it cannot be read in one way.
[[nodiscard]] bool parse_target(std::string_view target, RequestHead& head);

/// A body that is read while it comes in. Used on the connection's own io thread, within handle() only.
class BodyStream {
 public:
  static constexpr std::size_t kChunkBytesMax = 64 * 1024;

  virtual ~BodyStream() = default;
  /// The next bytes, at most kChunkBytesMax; empty at the end. After a problem every further call gives it again.
  /// Problems: kTooLarge (above BodyPlan::bytes_max), kHttpInvalid (broken framing, broken off, or too slow).
  virtual asio::awaitable<core::Checked<std::string>> next() = 0;
};

/// Where a streamed answer goes. Used on the connection's own io thread, while Response::stream runs.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// Returns when the bytes have been handed to the kernel, so a slow reader slows the writer.
  /// Errors: kUnavailable (the peer is gone or reads too slowly); further calls give it again.
  virtual asio::awaitable<core::Result<void>> write(std::string_view bytes) = 0;
};

struct Request {
  RequestHead head;
  std::string body;                    ///< whole, unless the plan asked for a stream
  std::shared_ptr<const Peer> peer;    ///< shared by the requests of one connection; never null
  std::size_t io_thread = 0;           ///< index of the io thread that runs the handler
  core::Instant received{};            ///< wall clock when the head was complete
  Deadline started{};                  ///< the same moment on the monotonic clock
  std::unique_ptr<BodyStream> stream;  ///< set only for a streamed plan; must be gone when handle() ends
};

struct Response {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  ///< besides Content-Type, -Length, Date and Connection
  /// Further header lines, each ended by CRLF, of static storage: what every answer carries costs no copy.
  std::string_view fixed_lines;
  std::string body;
  std::string content_type = "application/json";  ///< sent when there is a body or a stream
  /// Instead of `body`: called once after the head has been sent, body in chunked coding. When it throws or a write
  /// failed, the connection is cut without the last chunk, so the client sees that the answer is not whole.
  std::move_only_function<asio::awaitable<void>(BodySink&)> stream;
  bool close = false;  ///< close the connection after this answer

  void set_header(std::string name, std::string value) {
    if (headers.empty()) headers.reserve(kHeadersUsual);
    headers.emplace_back(std::move(name), std::move(value));
  }

 private:
  static constexpr std::size_t kHeadersUsual = 6;
};

}  // namespace wissel::transport
