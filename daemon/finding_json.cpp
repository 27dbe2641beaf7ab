#include "daemon/finding_json.hpp"

namespace wissel::daemon {

boost::json::object to_json(const index::Finding& finding) {
  boost::json::object out{{"subject", finding.subject},
                          {"kind", finding.kind},
                          {"verdict", index::to_string(finding.verdict)},
                          {"bytes", finding.bytes}};
  if (!finding.family.empty()) out["family"] = finding.family;
  if (!finding.what.empty()) out["what"] = finding.what;
  if (!finding.remedy.empty()) out["do"] = finding.remedy;
  return out;
}

}  // namespace wissel::daemon
