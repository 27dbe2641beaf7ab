#pragma once
// How a sample partner behaves when it is asked or told something: well, or badly in one of the ways that happen.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

namespace wissel::partner {

enum class Operation : std::uint8_t { kQuery, kEvent };
inline constexpr std::size_t kOperations = 2;

enum class Kind : std::uint8_t {
  kGood,         // goed
  kDelay,        // vertraging: answers well, after `delay`
  kError,        // fout: answers `status`, perhaps with Retry-After
  kHang,         // hangt: reads the request and never answers
  kGarbage,      // onzin: bytes that are no HTTP
  kWrongShape,   // verkeerdeVorm: 200 with a body of another shape
  kCertificate,  // certificaat: presents the certificate of another organisation
  kBreak,        // verbreekt: drops the connection instead of answering
};

struct Behaviour {
  Kind kind = Kind::kGood;
  std::chrono::milliseconds delay{1000};
  unsigned status = 500;
  std::optional<std::uint64_t> retry_after_s;
  std::optional<std::uint64_t> remaining;  ///< requests until it is good again; absent: until it is changed
};

/// The behaviour per operation. Not thread-safe; a partner has one thread.
class Behaviours {
 public:
  Behaviours();

  /// Takes `{"op", "soort", "ms"?, "status"?, "retryAfterS"?, "aantal"?}`; with op `alles` both operations share one
  /// count. Nothing changes when it is wrong; the error says why, for a tester to read.
  [[nodiscard]] std::expected<void, std::string> set(const boost::json::value& request);

  /// How to treat this request; counts it, except for kCertificate, which counts by handshake.
  [[nodiscard]] Behaviour take(Operation operation);

  /// True while new connections must present the other certificate.
  [[nodiscard]] bool other_certificate() const;

  /// True when this handshake must present the other certificate; counts it. The operation is not known yet then, so
  /// that one operation's misbehaviour shows on every new connection.
  [[nodiscard]] bool take_other_certificate();

  [[nodiscard]] boost::json::object shown() const;

 private:
  // Shared: `alles` is one behaviour, with one count, for both operations.
  std::array<std::shared_ptr<Behaviour>, kOperations> active_;
};

}  // namespace wissel::partner
