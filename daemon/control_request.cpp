#include "daemon/control_request.hpp"

#include <boost/json.hpp>

#include <array>
#include <optional>
#include <utility>

#include "core/json/parse.hpp"

namespace wissel::daemon {
namespace {

namespace json = boost::json;
using core::Errc;
using core::fail;

constexpr std::array<std::pair<std::string_view, ControlAction>, 5> kActions{{{"status", ControlAction::kStatus},
                                                                              {"reload", ControlAction::kReload},
                                                                              {"backup", ControlAction::kBackup},
                                                                              {"keys", ControlAction::kKeys},
                                                                              {"doctor", ControlAction::kDoctor}}};
constexpr std::array kErrcs{Errc::kInvalidInput, Errc::kNotFound,    Errc::kConflict, Errc::kWouldBlock,
                            Errc::kOverloaded,   Errc::kUnavailable, Errc::kCorrupt};

std::string line_of(const json::object& object) { return json::serialize(object) + "\n"; }

std::optional<std::string> text_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(std::string_view(value->get_string()));
}

std::uint64_t number_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  boost::system::error_code failure;
  const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(failure);
  return failure ? 0 : number;
}

core::Error decode_error(const json::object& object) {
  const auto code = text_member(object, "code").value_or("");
  core::Error error{Errc::kUnavailable, text_member(object, "detail").value_or("")};
  for (const auto known : kErrcs) {
    if (to_string(known) == code) error.code = known;
  }
  return error;
}

}  // namespace

std::string encode(const ControlRequest& request) {
  json::object object;
  for (const auto& [word, action] : kActions) {
    if (action == request.action) object["action"] = word;
  }
  if (!request.target.empty()) object["target"] = request.target;
  return line_of(object);
}

core::Result<ControlRequest> decode_control_request(std::string_view line) {
  const auto value = core::parse_json(line);
  if (!value || !value->is_object()) return fail(Errc::kInvalidInput, "the request is not a JSON object");
  ControlRequest request;
  bool known = false;
  for (const auto& [name, member] : value->get_object()) {
    if (name != "action" && name != "target") return fail(Errc::kInvalidInput, "the request has an unknown member");
    if (!member.is_string()) return fail(Errc::kInvalidInput, "a member of the request is not a string");
  }
  const auto word = text_member(value->get_object(), "action").value_or("");
  for (const auto& [name, action] : kActions) {
    if (name != word) continue;
    request.action = action;
    known = true;
  }
  if (!known) return fail(Errc::kInvalidInput, "the request names no action that this daemon knows");
  request.target = text_member(value->get_object(), "target").value_or("");
  const bool needs_target = request.action == ControlAction::kBackup;
  if (needs_target != !request.target.empty() || (needs_target && request.target.front() != '/')) {
    return fail(Errc::kInvalidInput, "a backup, and nothing else, needs the absolute path of its target");
  }
  return request;
}

std::string progress_line(std::uint64_t done, std::uint64_t total) {
  return line_of({{"progress", {{"done", done}, {"total", total}}}});
}

std::string result_line(const core::Result<json::object>& result) {
  if (result) return line_of({{"result", *result}});
  return line_of({{"error", {{"code", to_string(result.error().code)}, {"detail", result.error().detail}}}});
}

core::Result<ControlAnswer> decode_control_answer(std::string_view line) {
  const auto value = core::parse_json(line);
  if (!value || !value->is_object() || value->get_object().size() != 1) {
    return fail(Errc::kCorrupt, "the daemon's answer is not one of its lines");
  }
  const auto& [name, member] = *value->get_object().begin();
  const auto* object = member.if_object();
  if (object == nullptr) return fail(Errc::kCorrupt, "the daemon's answer is not one of its lines");
  ControlAnswer answer;
  if (name == "progress") {
    answer.progress = true;
    answer.done = number_member(*object, "done");
    answer.total = number_member(*object, "total");
  } else if (name == "result") {
    answer.result = *object;
  } else if (name == "error") {
    answer.result = std::unexpected(decode_error(*object));
  } else {
    return fail(Errc::kCorrupt, "the daemon's answer is not one of its lines");
  }
  return answer;
}

}  // namespace wissel::daemon
