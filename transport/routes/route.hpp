#pragma once
// A route is a row in a table: method, path, who may, what it takes, and the function that answers.
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "core/log/record.hpp"
#include "core/policy/names.hpp"
#include "transport/routes/exchange.hpp"

namespace wissel::transport {

/// What an Idempotency-Key does on a route (api.md, Common rules).
enum class Idempotency : std::uint8_t {
  kIgnored,   ///< reads, searches, pulls, log queries
  kHonoured,  ///< changes state and answers with one JSON object
  kRefused,   ///< bulk and synchronisation
};

/// Media type of nearly every body and answer (api.md, Common rules).
inline constexpr std::string_view kJson = "application/json";

/// Answers one request. The exchange outlives the coroutine.
using Handle = std::function<asio::awaitable<Reply>(Exchange&)>;

struct Route {
  Method method;
  std::string_view path;  ///< "/v1/verwijzingen/{id}"
  std::string_view name;  ///< the record's name: what is done, in Dutch
  core::Actie actie;
  std::vector<core::Role> roles;          ///< any of these; empty: every active participant
  std::vector<std::string_view> accepts;  ///< media types of the body; empty: no body
  std::vector<std::string_view> gives;    ///< media types of the answer
  std::size_t body_bytes_max = 0;         ///< 0: the configured default
  /// Instead of body_bytes_max, where the configuration says.
  std::size_t (*bytes_max_of)(const RouteLimits&) = nullptr;
  bool streamed = false;
  /// Whether it reads query parameters; a query on any other access is refused, not dropped.
  bool reads_query = false;
  Idempotency idempotency = Idempotency::kIgnored;
  /// False for what is no access: no record, no receipt (tlog).
  bool access = true;
  /// For what one must have been appointed to use it in another's name; nothing: nobody does that for another.
  std::optional<core::RepresentedAct> on_behalf{};
  Handle handle;
};

/// A GET that is answered with JSON, and that whoever was appointed to look may do in another's name.
[[nodiscard]] Route reading(std::string_view path, std::string_view name, Handle handle,
                            std::vector<core::Role> roles = {});
/// The same with query parameters.
[[nodiscard]] Route reading_with_query(std::string_view path, std::string_view name, Handle handle,
                                       std::vector<core::Role> roles = {});

enum class Takes : std::uint8_t { kNothing, kBody };

/// A change of what is registered, which nobody does in another's name: a DELETE is answered without a body, anything
/// else with JSON, and a POST honours an Idempotency-Key.
[[nodiscard]] Route changing(Method method, std::string_view path, std::string_view name, Takes body, Handle handle,
                             std::vector<core::Role> roles = {});

/// The rows of one resource.
using Routes = std::vector<Route>;

}  // namespace wissel::transport
