// A problem+json answer (RFC 9457) as an operator reads it.
#include <boost/json.hpp>

#include <algorithm>

#include "core/json/parse.hpp"
#include "core/problem.hpp"
#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return {};
  return value->is_string() ? printable(std::string_view(value->get_string())) : printable(json::serialize(*value));
}

std::string remedy_of(std::string_view code) {
  const auto rows = core::all_problems();
  const auto row = std::ranges::find(rows, code, &core::ProblemInfo::text);
  return row == rows.end() ? std::string() : std::string(row->remedy);
}

}  // namespace

std::string problem_text(long status, std::string_view body) {
  const auto value = core::parse_json(body);
  if (!value || !value->is_object()) return "refused with status " + std::to_string(status);
  const auto& problem = value->get_object();
  std::string out = text_of(problem, "title");
  out += " (" + std::to_string(status);
  const auto code = text_of(problem, "code");
  if (!code.empty()) out += ", " + code;
  out += ")";
  const auto detail = text_of(problem, "detail");
  if (!detail.empty()) out += "\n  " + detail;
  if (const auto* params = problem.if_contains("invalidParams"); params != nullptr && params->is_array()) {
    for (const auto& param : params->get_array()) {
      const auto* one = param.if_object();
      if (one == nullptr) continue;
      out += "\n  " + text_of(*one, "name") + ": " + text_of(*one, "reason") + " (" + text_of(*one, "code") + ")";
    }
  }
  const auto remedy = remedy_of(code);
  if (!remedy.empty() && remedy != detail) out += "\n  → " + remedy;
  const auto index = text_of(problem, "instance");
  if (!index.empty()) out += "\n  record: " + index;
  return out;
}

}  // namespace wissel::ctl
