#include "daemon/ctl/log_line_text.hpp"

#include <boost/json.hpp>

#include "core/json/parse.hpp"
#include "core/time.hpp"
#include "daemon/ctl/json_text.hpp"

namespace wissel::ctl {

LogLineText::LogLineText(const boost::json::value& row) : index(text_at(row, "/index")) {
  const auto line = core::parse_json(text_at(row, "/regel"));
  if (!line) return;
  time = core::format_rfc3339(core::from_ms(static_cast<std::int64_t>(number_at(*line, "/end_time"))));
  trace = text_at(*line, "/trace_id");
  action = text_at(*line, "/attributes/wissel.actie");
  outcome = text_at(*line, "/attributes/wissel.uitkomst");
  caller = text_at(*line, "/attributes/wissel.oin");
  code = text_at(*line, "/attributes/wissel.code");
  object = text_at(*line, "/attributes/wissel.object");
  name = text_at(*line, "/name");
}

std::vector<std::string> LogLineText::headings() {
  return {"INDEX", "TIME", "ACTION", "OUTCOME", "CALLER", "CODE", "ABOUT"};
}

std::vector<std::string> LogLineText::cells() const {
  return {index, time, action, outcome, caller, code, object.empty() ? name : object};
}

}  // namespace wissel::ctl
