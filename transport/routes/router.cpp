#include "transport/routes/router.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <chrono>

#include "transport/metrics.hpp"
#include "transport/routes/admission.hpp"
#include "transport/routes/identify.hpp"
#include "transport/routes/openapi_document.hpp"

namespace wissel::transport {
namespace {

constexpr std::string_view kOpenApiPath = "/v1/openapi.json";
constexpr std::string_view kApiVersion = "1.0.0";

using Params = std::map<std::string, std::string, std::less<>>;

/// Matches a path against a pattern segment by segment; a last "{path*}" takes the rest.
std::optional<Params> match_path(std::string_view pattern, std::string_view path) {
  Params params;
  while (!pattern.empty() && !path.empty()) {
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    if (pattern.ends_with("*}") && pattern.find('/') == std::string_view::npos && pattern.starts_with("{")) {
      if (path.empty()) return std::nullopt;
      params.emplace(pattern.substr(1, pattern.size() - 3), path);
      return params;
    }
    const auto want = pattern.substr(0, pattern.find('/'));
    const auto have = path.substr(0, path.find('/'));
    if (want.starts_with("{")) {
      if (have.empty()) return std::nullopt;
      params.emplace(want.substr(1, want.size() - 2), have);
    } else if (want != have) {
      return std::nullopt;
    }
    pattern.remove_prefix(want.size());
    path.remove_prefix(have.size());
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return params;
}

/// "application/json; charset=utf-8" → "application/json".
std::string media_type(std::string_view value) {
  std::string out;
  for (const char c : value.substr(0, value.find(';'))) {
    if (c != ' ' && c != '\t') out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
  }
  return out;
}

bool accepts(std::string_view accept, const std::vector<std::string_view>& gives) {
  while (!accept.empty()) {
    const auto comma = accept.find(',');
    const auto range = media_type(accept.substr(0, comma));
    const auto slash = range.find('/');
    for (const auto type : gives) {
      if (range == "*/*" || range == type) return true;
      if (slash != std::string::npos && range.substr(slash) == "/*" && type.starts_with(range.substr(0, slash + 1))) {
        return true;
      }
    }
    accept = comma == std::string_view::npos ? std::string_view{} : accept.substr(comma + 1);
  }
  return false;
}

/// Below the base paths whose requests are accesses (api.md, Common rules).
bool is_api_path(std::string_view path) {
  return path.starts_with("/v1/") || path.starts_with("/ldv/") || path.starts_with("/nrc/");
}

core::Problem plain(core::ProblemCode code) { return {code, std::string(core::info(code).remedy), {}}; }

/// The API's description: for everybody, from any web site, and no access.
Response describe(const RequestHead& head) {
  Response response;
  const auto accept = head.headers.find("accept");
  if (head.method != Method::kGet && head.method != Method::kHead) {
    response = problem_response(plain(core::ProblemCode::kMethodNotAllowed));
    response.set_header("Allow", "GET, HEAD");
  } else if (accept && !accepts(*accept, {kJson})) {
    response = problem_response(plain(core::ProblemCode::kNotAcceptable));
  } else {
    response.body = openapi_document();
  }
  response.set_header("Access-Control-Allow-Origin", "*");
  return response;
}

bool is_recorded(const core::Problem& problem) {
  const auto status = problem.status();
  return status != 401 && status != 429 && status != 503;
}

core::Uitkomst uitkomst_of(unsigned status) {
  if (status == 403) return core::Uitkomst::kGeweigerd;
  return status >= 500 ? core::Uitkomst::kFout : core::Uitkomst::kOngeldig;
}

// NL API Design Rules: /core/transport/security-headers.
constexpr std::string_view kSecurityLines =
    "Content-Security-Policy: frame-ancestors 'none'\r\n"
    "Strict-Transport-Security: max-age=31536000\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n";

}  // namespace

struct Router::Found {
  const Route* route = nullptr;  ///< never null
  Params params;
  std::string allow;  ///< methods of the path, when the method is not one of them
  bool known = true;  ///< the path is one of ours
};

/// The metrics of one route, asked for at its first answer of a kind and then kept: the registry is a map behind a
/// mutex. Two threads may ask at once; they get the same series.
struct Router::Series {
  static constexpr unsigned kStatusMin = 100;
  static constexpr unsigned kStatusEnd = 600;

  std::array<std::atomic<core::Counter*>, kStatusEnd - kStatusMin> by_status{};
  std::atomic<core::Histogram*> duration{nullptr};
};

Router::Router(const Gateway& gateway, std::vector<Routes> resources) : gateway_(gateway), unknown_{}, outside_{} {
  for (auto& resource : resources) std::ranges::move(resource, std::back_inserter(routes_));
  unknown_.method = Method::kOther;
  unknown_.path = "onbekend";
  unknown_.name = "onbekend pad";
  unknown_.actie = core::Actie::kInzien;
  outside_ = unknown_;
  outside_.access = false;
  for (const auto& route : routes_) series_.try_emplace(&route);
  series_.try_emplace(&unknown_);
  series_.try_emplace(&outside_);
}
Router::~Router() = default;

std::vector<std::string> operations_of(const std::vector<Routes>& resources) {
  std::vector<std::string> out{"GET " + std::string(kOpenApiPath)};
  for (const auto& resource : resources) {
    for (const auto& route : resource) {
      if (!route.path.starts_with("/v1/")) continue;
      out.push_back(std::string(to_string(route.method)) + ' ' + std::string(route.path));
    }
  }
  std::ranges::sort(out);
  return out;
}

Router::Found Router::find(const RequestHead& head) const {
  const Method method = head.method == Method::kHead ? Method::kGet : head.method;
  Found found;
  for (const auto& route : routes_) {
    auto params = match_path(route.path, head.path);
    if (!params) continue;
    // A path that is written out wins from one with a parameter, and the rows are in that order.
    if (found.route != nullptr && found.route->path != route.path) continue;
    if (route.method == method) return {&route, std::move(*params), {}, true};
    found.route = &route;
    found.params = std::move(*params);
    found.allow.append(found.allow.empty() ? "" : ", ").append(to_string(route.method));
    if (route.method == Method::kGet) found.allow.append(", HEAD");
  }
  if (found.route != nullptr) return found;
  return {is_api_path(head.path) ? &unknown_ : &outside_, {}, {}, false};
}

std::optional<core::Problem> Router::head_fault(const Found& found, const RequestHead& head) const {
  if (!found.known) return plain(core::ProblemCode::kNotFound);
  if (!found.allow.empty()) return plain(core::ProblemCode::kMethodNotAllowed);
  const Route& route = *found.route;
  const auto accept = head.headers.find("accept");
  if (accept && !route.gives.empty() && !accepts(*accept, route.gives)) return plain(core::ProblemCode::kNotAcceptable);
  if (!route.accepts.empty()) {
    const auto given = media_type(head.headers.find("content-type").value_or(""));
    if (std::ranges::find(route.accepts, given) == route.accepts.end()) return plain(core::ProblemCode::kMediaType);
  }
  // Nothing is unpacked, and bytes that only look like JSON are not guessed at.
  const auto coding = head.headers.find("content-encoding");
  if (coding && *coding != "identity") return plain(core::ProblemCode::kMediaType);
  const auto key = head.headers.find("idempotency-key");
  if (key && route.idempotency == Idempotency::kRefused) return plain(core::ProblemCode::kIdempotencyKeyNotAllowed);
  if (key && route.idempotency == Idempotency::kHonoured && (key->empty() || key->size() > 255)) {
    return core::Problem{core::ProblemCode::kFieldValue, "Idempotency-Key heeft 1 tot en met 255 tekens.", {}};
  }
  return std::nullopt;
}

BodyPlan Router::plan(const RequestHead& head, const Peer& peer) {
  BodyPlan plan;
  if (head.path == kOpenApiPath) return plan;
  if (auto caller = identify(peer, *gateway_.views.view()->network, gateway_.environment); !caller) {
    plan.refusal = std::move(caller).error();
    return plan;
  }
  const auto found = find(head);
  plan.refusal = head_fault(found, head);
  plan.bytes_max = found.route->body_bytes_max != 0 ? found.route->body_bytes_max : gateway_.limits.body_bytes_max;
  if (found.route->bytes_max_of != nullptr) plan.bytes_max = found.route->bytes_max_of(gateway_.limits);
  plan.streamed = found.route->streamed;
  return plan;
}

asio::awaitable<Response> Router::handle(Request request) { return answer(std::move(request), std::nullopt); }

asio::awaitable<Response> Router::refuse(Request request, core::Problem problem) {
  return answer(std::move(request), std::move(problem));
}

Response Router::reject(const core::Problem& problem, unsigned status) {
  auto response = problem_response(problem, status);
  finish(response, continue_trace({}).traceparent());
  return response;
}

asio::awaitable<Response> Router::answer(Request request, std::optional<core::Problem> refusal) {
  const Deadline started = request.started;
  const Trace trace = continue_trace(request.head.headers);
  if (request.head.path == kOpenApiPath && !refusal) {
    auto response = describe(request.head);
    finish(response, trace.traceparent());
    co_return response;
  }
  const auto view = gateway_.views.view();
  auto caller = identify(*request.peer, *view->network, gateway_.environment);
  if (!caller) {
    gateway_.metrics
        .counter("wissel_callers_refused_total", "Requests from callers that are not answered, by reason.",
                 {{"code", std::string(core::info(caller.error().code).text)}})
        .add();
    auto response = problem_response(caller.error());
    finish(response, trace.traceparent());
    co_return response;
  }
  auto found = find(request.head);
  auto identity = acting(*caller, found, request, *view->network);
  if (!identity && !refusal) refusal = std::move(identity).error();
  const auto who = identity.value_or(Identity{*caller, {}});
  Exchange exchange(gateway_, *found.route, std::move(request), who, trace, std::move(found.params));
  // An if, not a conditional expression: g++ 12 destroys the temporaries of a co_await inside one twice.
  Response response;
  auto over = found.route->access ? own_quota(exchange) : std::nullopt;
  if (over) {
    response = co_await refused(exchange, std::move(*over));
  } else if (refusal) {
    response = co_await refused(exchange, Refusal(std::move(*refusal)));
  } else {
    auto reply = co_await run(exchange, found);
    if (reply) {
      response = std::move(*reply);
    } else {
      response = co_await refused(exchange, std::move(reply).error());
    }
  }
  if (!found.allow.empty()) response.set_header("Allow", found.allow);
  finish(response, trace.traceparent());
  count(*found.route, response.status, started);
  co_return response;
}

core::Checked<Identity> Router::acting(const core::Oin& caller, const Found& found, const Request& request,
                                       const core::Network& network) const {
  Identity out{caller, {}};
  const auto named = request.head.headers.find("wissel-namens");
  // What is refused anyway needs nobody's rights.
  if (!named || !found.known || !found.allow.empty()) return out;
  const auto represented = core::Oin::parse(*named);
  if (!represented) return core::refuse(core::ProblemCode::kFieldValue, "Wissel-Namens is geen OIN.");
  if (*represented == caller) return out;
  const auto act = found.route->on_behalf;
  if (act) out.on_behalf = core::OnBehalf{*represented, caller, *act};
  if (!act || !core::representation_allows(network, *out.on_behalf, request.received)) {
    return std::unexpected(plain(core::ProblemCode::kNoRepresentation));
  }
  return out;
}

asio::awaitable<Reply> Router::run(Exchange& exchange, const Found& found) {
  const Route& route = *found.route;
  const bool entitled =
      route.roles.empty() || std::ranges::any_of(route.roles, [&](core::Role role) { return exchange.has_role(role); });
  if (!entitled) co_return refusal(plain(core::ProblemCode::kRoleMissing));
  if (route.access && !route.reads_query) {
    if (auto unknown = exchange.unknown_query({})) co_return refusal(std::move(*unknown));
  }
  try {
    co_return co_await route.handle(exchange);
  } catch (const boost::system::system_error& failure) {
    // A stop or a new revocation list cuts the connection under a handler: no fault of its own.
    if (failure.code() == asio::error::operation_aborted) {
      gateway_.log.debug("handler cut", {{"route", route.path}});
    } else {
      handler_failed(route, failure.what());
    }
  } catch (const std::exception& failure) {
    handler_failed(route, failure.what());
  }
  co_return refusal(plain(core::ProblemCode::kInternal));
}

void Router::handler_failed(const Route& route, std::string_view what) {
  gateway_.log.error("handler failed", {{"route", route.path}, {"what", what}});
  gateway_.metrics
      .counter("wissel_handler_failures_total", "Requests that ended in a fault of our own, by route.",
               {{"route", std::string(route.path)}})
      .add();
}

asio::awaitable<Response> Router::refused(Exchange& exchange, Refusal refusal) {
  auto index = refusal.log_index;
  if (!index && exchange.route.access && is_recorded(refusal.problem)) {
    auto draft = exchange.draft();
    const auto status = refusal.problem.status();
    draft.conclude(uitkomst_of(status), status, core::info(refusal.problem.code).text);
    std::vector<core::RecordDraft> records;
    exchange.annex(draft, {});
    records.push_back(std::move(draft));
    auto logged = co_await exchange.log(std::move(records));
    if (logged) {
      index = logged->log_index;
    } else {
      refusal.problem = std::move(logged).error().problem;  // not answered unlogged: 503
    }
  }
  auto response = problem_response(refusal.problem, 0, index);
  if (index) response.set_header(std::string(kLogIndexHeader), std::to_string(*index));
  if (response.status == 503 || response.status == 429) {
    response.set_header("Retry-After", std::to_string(refusal.retry_after_s));
  }
  co_return response;
}

void Router::finish(Response& response, const std::string& traceparent) const {
  // NL API Design Rules: /core/version-header.
  response.set_header("API-Version", std::string(kApiVersion));
  response.set_header("traceparent", traceparent);
  const bool cached = std::ranges::any_of(response.headers, [](const auto& h) { return h.first == "Cache-Control"; });
  if (!cached) response.set_header("Cache-Control", "no-store");
  response.fixed_lines = kSecurityLines;
}

void Router::count(const Route& route, unsigned status, Deadline started) {
  Series& known = series_.find(&route)->second;
  const auto labels = [&route] {
    return core::MetricLabels{{"route", std::string(route.path)}, {"method", std::string(to_string(route.method))}};
  };
  assert(status >= Series::kStatusMin && status < Series::kStatusEnd);
  auto& slot = known.by_status[status - Series::kStatusMin];
  auto* requests = slot.load(std::memory_order_acquire);
  if (requests == nullptr) {
    auto with_status = labels();
    with_status.emplace("status", std::to_string(status));
    requests = &gateway_.metrics.counter("wissel_http_requests_total", "Requests by route and status.", with_status);
    slot.store(requests, std::memory_order_release);
  }
  auto* duration = known.duration.load(std::memory_order_acquire);
  if (duration == nullptr) {
    duration =
        &gateway_.metrics.histogram("wissel_http_request_duration_seconds",
                                    "From the end of the head to the answer, by route.", latency_bounds(), labels());
    known.duration.store(duration, std::memory_order_release);
  }
  requests->add();
  duration->observe(std::chrono::duration<double>(SteadyClock::now() - started).count());
}

}  // namespace wissel::transport
