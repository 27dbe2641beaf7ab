#include "transport/http/service.hpp"

#include <boost/json.hpp>

#include <string>
#include <utility>

namespace wissel::transport {

Response Service::reject(const core::Problem& problem, unsigned status) { return problem_response(problem, status); }

Response problem_response(const core::Problem& problem, unsigned status, std::optional<std::uint64_t> log_index) {
  namespace json = boost::json;
  const core::ProblemInfo& row = core::info(problem.code);
  Response response;
  response.status = status == 0 ? row.status : status;
  response.content_type = "application/problem+json";

  // The type resolves to nothing on purpose: a code is explained in the OpenAPI document, not at a URL of one gateway.
  json::object body{{"type", "urn:wissel:probleem:" + std::string(row.text)},
                    {"title", row.title},
                    {"status", response.status},
                    {"detail", problem.detail.empty() ? std::string(row.remedy) : problem.detail},
                    {"code", row.text}};
  if (log_index) body["instance"] = "/v1/verwerkingen/" + std::to_string(*log_index);
  if (!problem.params.empty()) {
    json::array params;
    for (const auto& param : problem.params) {
      params.push_back(
          json::object{{"name", param.name}, {"code", core::info(param.code).text}, {"reason", param.reason}});
    }
    body["invalidParams"] = std::move(params);
  }
  response.body = json::serialize(body);
  return response;
}

}  // namespace wissel::transport
