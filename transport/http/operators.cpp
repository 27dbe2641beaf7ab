#include "transport/http/operators.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace wissel::transport {
namespace {

namespace json = boost::json;
using core::Problem;
using core::ProblemCode;

constexpr auto kPaths = std::to_array<std::string_view>({"/livez", "/readyz", "/metrics", "/versie"});

}  // namespace

Operators::Operators(const Readiness& readiness, PrometheusMetrics& metrics, VersionInfo version)
    : readiness_(readiness), metrics_(metrics), version_(std::move(version)) {}

BodyPlan Operators::plan(const RequestHead& head, const Peer&) {
  BodyPlan plan;
  if (std::ranges::find(kPaths, head.path) == kPaths.end()) {
    plan.refusal = Problem{ProblemCode::kNotFound, "", {}};
  } else if (head.method != Method::kGet && head.method != Method::kHead) {
    plan.refusal = Problem{ProblemCode::kMethodNotAllowed, "", {}};
  }
  return plan;
}

asio::awaitable<Response> Operators::handle(Request request) {
  if (request.head.path == "/readyz") co_return readyz();
  if (request.head.path == "/versie") co_return versie();
  Response response;
  if (request.head.path == "/metrics") {
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_.render();
  } else {
    response.content_type = "text/plain; charset=utf-8";
    response.body = "ok\n";
  }
  co_return response;
}

asio::awaitable<Response> Operators::refuse(Request, Problem problem) {
  Response response = problem_response(problem);
  if (problem.code == ProblemCode::kMethodNotAllowed) response.set_header("Allow", "GET, HEAD");
  co_return response;
}

Response Operators::readyz() const {
  json::object parts;
  bool ready = true;
  const auto components = readiness_.components();
  for (const auto& [name, component] : components) {
    json::object part{{"up", component.up}, {"since", core::format_rfc3339(component.since)}};
    if (!component.up) part["why"] = component.why;
    ready = ready && component.up;
    parts[name] = std::move(part);
  }
  ready = ready && !components.empty();
  Response response;
  response.status = ready ? 200 : 503;
  response.body = json::serialize(json::object{{"ready", ready}, {"components", std::move(parts)}});
  return response;
}

Response Operators::versie() const {
  json::object body{{"versie", version_.version}, {"omgeving", version_.environment}};
  if (!version_.commit.empty()) body["commit"] = version_.commit;
  Response response;
  response.body = json::serialize(body);
  return response;
}

}  // namespace wissel::transport
