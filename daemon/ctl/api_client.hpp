#pragma once
// wisselctl as a client of /v1, over mTLS.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace wissel::ctl {

/// Where Wissel is and who we are; from options or the environment.
struct ApiTarget {
  std::string url;  ///< without /v1
  std::string ca;
  std::string cert;
  std::string key;
};

/// --url, --ca, --cert, --key; or WISSEL_URL, WISSEL_CA, WISSEL_CERT, WISSEL_KEY.
void add_target_options(CLI::App& app, ApiTarget& target);

struct ApiAnswer {
  long status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  /// Throws Ended (kFoundWrong) where the body is no JSON.
  [[nodiscard]] boost::json::value json() const;
  /// The path and query of Link rel="next"; empty without one.
  [[nodiscard]] std::string next() const;
};

using ApiHeaders = std::vector<std::pair<std::string, std::string>>;

/// Blocking, one connection kept alive. Every call throws Ended: kUnreachable where no answer came, kUsage where
/// the target is not complete, and, unless stated otherwise, kFoundWrong with the problem where Wissel refused.
class ApiClient {
 public:
  explicit ApiClient(const ApiTarget& target);
  ~ApiClient();
  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  /// 2xx only.
  ApiAnswer get(const std::string& path);
  ApiAnswer send(std::string_view method, const std::string& path, const boost::json::value& body,
                 const ApiHeaders& headers = {});
  ApiAnswer remove(const std::string& path, const ApiHeaders& headers = {});
  /// Nothing on 404.
  std::optional<ApiAnswer> find(const std::string& path);
  /// NDJSON: each whole line, in memory of one line.
  void lines(const std::string& path, const std::function<void(std::string_view line)>& on_line);
  /// All rows of a list, page by page: `member` is the list's name in each page's object. Stops after `most`.
  boost::json::array list(const std::string& path, std::string_view member, std::size_t most = SIZE_MAX);
  /// Sent with every request from now on.
  void set_header(std::string name, std::string value);

 private:
  class Transfer;
  std::unique_ptr<Transfer> transfer_;
};

/// A value in a query.
[[nodiscard]] std::string url_encoded(std::string_view text);

/// A refusal for a person: title, detail, code, each fault, and what to do.
[[nodiscard]] std::string problem_text(long status, std::string_view body);

}  // namespace wissel::ctl
