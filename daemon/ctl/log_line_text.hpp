#pragma once
// A row of GET /v1/verwerkingen as an operator reads it.
#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace wissel::ctl {

/// What a row lacks is empty.
struct LogLineText {
  explicit LogLineText(const boost::json::value& row);

  std::string index;
  std::string time;  ///< of its end, RFC 3339
  std::string trace;
  std::string action;
  std::string outcome;
  std::string caller;
  std::string code;
  std::string object;
  std::string name;

  [[nodiscard]] static std::vector<std::string> headings();
  [[nodiscard]] std::vector<std::string> cells() const;
};

}  // namespace wissel::ctl
