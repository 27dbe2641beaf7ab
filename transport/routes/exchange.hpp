#pragma once
// One request on its way through a route: who asks, what was sent, and how its log records begin.
#include <boost/json/value.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/json/object_reader.hpp"
#include "core/state/command.hpp"
#include "transport/routes/commit.hpp"
#include "transport/routes/gateway.hpp"
#include "transport/routes/reply.hpp"
#include "transport/routes/trace.hpp"

namespace wissel::transport {

struct Route;

/// Who calls, and for whom.
struct Identity {
  core::Oin agent;
  std::optional<core::OnBehalf> on_behalf;
};

/// Lives on the coroutine frame of its request; used on its io thread only.
class Exchange {
 public:
  Exchange(const Gateway& gateway, const Route& route, Request request, Identity identity, Trace trace,
           std::map<std::string, std::string, std::less<>> params);

  const Gateway& gateway;
  const Route& route;
  Request request;
  /// Whose rights, roles, quota and resources are used: the represented where somebody acts for another.
  const core::Oin caller;
  /// Who really calls, by its certificate; the same as `caller` unless it acts for another.
  const core::Oin agent;
  /// Set where it acts for another.
  const std::optional<core::OnBehalf> on_behalf;
  const core::Instant now;  ///< wall clock when the request was received
  const Trace trace;
  /// The state as it stood when the request was taken up.
  const std::shared_ptr<const core::View> view;

  /// A segment of the path: "{id}".
  [[nodiscard]] const std::string& param(std::string_view name) const { return params_.find(name)->second; }
  [[nodiscard]] bool has_role(core::Role role) const { return view->network->roles_of(caller).has(role); }

  /// The body as JSON: strict, bounded. Refuses with the codes of parse_json.
  [[nodiscard]] OrRefusal<boost::json::value> json_body() const;
  /// The body as a JSON object, read by `read(value, faults)` which gives an optional; all faults in one refusal.
  template <class ReadBody>
  [[nodiscard]] auto read_body(ReadBody read) const
      -> OrRefusal<typename decltype(read(std::declval<const boost::json::value&>(),
                                          std::declval<core::Faults&>()))::value_type> {
    auto body = json_body();
    if (!body) return std::unexpected(std::move(body).error());
    core::Faults faults;
    auto out = read(*body, faults);
    if (!out || !faults.empty()) return refusal(faults.take_problem());
    return std::move(*out);
  }
  /// The version in If-Match, when there is one. Refuses what is not an ETag of ours with kVersionDiffers.
  [[nodiscard]] OrRefusal<std::optional<std::uint64_t>> if_match() const;
  /// Refuses query parameters that are not in `names`.
  [[nodiscard]] std::optional<core::Problem> unknown_query(const std::vector<std::string_view>& names) const;
  /// A whole number from the query; `absent` when it is not there.
  [[nodiscard]] OrRefusal<std::uint64_t> query_number(std::string_view name, std::uint64_t min, std::uint64_t max,
                                                      std::uint64_t absent) const;

  /// The record of this access, allowed so far: trace, times, caller, act and name by the route. Not sealed.
  [[nodiscard]] core::RecordDraft draft() const;
  /// A record of its own span under this access.
  [[nodiscard]] core::RecordDraft child(core::Actie actie, std::string name) const;
  /// Binds an annex to a draft; an access about a subject always has one.
  void annex(core::RecordDraft& draft, const core::Annex& annex) const;
  /// Puts a draft under a subject, by its newest pseudonym.
  void about(core::RecordDraft& draft, const core::Subject& subject) const;
  /// What moves this subject's rows to the newest key; empty with one key.
  [[nodiscard]] std::vector<core::PseudonymMove> moves(const core::Subject& subject) const;

  /// Who really calls, where that is another than `caller`: for the question that a decision answers.
  [[nodiscard]] std::optional<core::Oin> representative() const {
    return on_behalf ? std::optional(agent) : std::nullopt;
  }

  /// A command with time, network version, whom it acts for and the idempotency claim filled in.
  [[nodiscard]] core::Command command(core::Effect effect) const;
  /// Durable, or a refusal that knows its record.
  asio::awaitable<OrRefusal<core::Outcome>> commit(core::Command command);
  /// Seals the drafts and commits a command that only logs. What says that something was refused or failed is logged
  /// whether the caller still acts for another or not.
  asio::awaitable<OrRefusal<core::Outcome>> log(std::vector<core::RecordDraft> records);

  /// An answer with the caller's receipt. `status` 0: that of the outcome.
  [[nodiscard]] Response answer(const core::Outcome& outcome, std::string body, unsigned status = 0) const;
  /// The answer of a command that renders its own body: status, ETag, and Location for 201 with an `id`.
  [[nodiscard]] Response answer_change(const core::Outcome& outcome, std::string location_prefix = {}) const;

 private:
  std::map<std::string, std::string, std::less<>> params_;
};

/// "Wissel-Log-Index": the receipt of an access.
inline constexpr std::string_view kLogIndexHeader = "Wissel-Log-Index";

}  // namespace wissel::transport
