#include "daemon/ctl/api_client.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <curl/curl.h>

#include <algorithm>
#include <cctype>

#include "core/bytes.hpp"
#include "core/json/parse.hpp"
#include "daemon/ctl/ended.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

// Of a whole answer that is not read line by line. A page of 1,000 agreements is some MiB.
constexpr std::size_t kAnswerBytesMax = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kLineBytesMax = std::size_t{1024} * 1024;
constexpr long kConnectTimeoutMs = 10'000;
// Longer than the longest pull and mailbox wait; streams are bounded by silence instead.
constexpr long kSilenceS = 120;
// Values of one document: a page of the largest agreements.
constexpr core::JsonLimits kLimits{.depth_max = 32, .values_max = 10'000'000, .members_max = 10'000};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

}  // namespace

/// One easy handle of libcurl and what an exchange collects.
class ApiClient::Transfer {
 public:
  explicit Transfer(const ApiTarget& target) : url_(target.url), handle_(curl_easy_init()) {
    if (handle_ == nullptr) unreachable("no memory for a connection");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ERRORBUFFER, error_);
    set(CURLOPT_PROTOCOLS_STR, "https");
    set(CURLOPT_PROXY, "");
    set(CURLOPT_CAINFO, target.ca.c_str());
    set(CURLOPT_SSLCERT, target.cert.c_str());
    set(CURLOPT_SSLKEY, target.key.c_str());
    set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, kSilenceS);
    set(CURLOPT_USERAGENT, "wisselctl/" WISSEL_VERSION);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    while (url_.ends_with('/')) url_.pop_back();
  }
  ~Transfer() {
    curl_slist_free_all(sent_headers_);
    curl_easy_cleanup(handle_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  ApiAnswer run(std::string_view method, const std::string& path, const std::string* body, const ApiHeaders& headers,
                const std::function<void(std::string_view)>* on_line);
  ApiHeaders always;

 private:
  template <class T>
  void set(CURLoption option, T value) {
    if (curl_easy_setopt(handle_, option, value) != CURLE_OK) unreachable("libcurl lacks what wisselctl needs");
  }
  void add_header(const std::string& name, const std::string& value) {
    sent_headers_ = curl_slist_append(sent_headers_, (name + ": " + value).c_str());
  }
  bool take(std::string_view bytes);

  static std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* self) {
    try {
      return static_cast<Transfer*>(self)->take({bytes, count}) ? count : 0;
    } catch (...) {
      static_cast<Transfer*>(self)->failure_ = std::current_exception();  // not through C
      return 0;
    }
  }
  static std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* self) {
    const std::string_view line(bytes, count);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
      auto& headers = static_cast<Transfer*>(self)->answer_.headers;
      headers[lower(line.substr(0, colon))] = std::string(trimmed(line.substr(colon + 1)));
    }
    return count;
  }

  std::string url_;
  CURL* handle_;
  curl_slist* sent_headers_ = nullptr;
  char error_[CURL_ERROR_SIZE] = {};
  ApiAnswer answer_;
  const std::function<void(std::string_view)>* on_line_ = nullptr;
  std::exception_ptr failure_;
};

bool ApiClient::Transfer::take(std::string_view bytes) {
  answer_.body.append(bytes);
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  if (on_line_ == nullptr || status != 200) return answer_.body.size() <= kAnswerBytesMax;
  std::size_t from = 0;
  for (auto end = answer_.body.find('\n'); end != std::string::npos; end = answer_.body.find('\n', from)) {
    if (end > from) (*on_line_)(std::string_view(answer_.body).substr(from, end - from));
    from = end + 1;
  }
  answer_.body.erase(0, from);
  return answer_.body.size() <= kLineBytesMax;
}

ApiAnswer ApiClient::Transfer::run(std::string_view method, const std::string& path, const std::string* body,
                                   const ApiHeaders& headers, const std::function<void(std::string_view)>* on_line) {
  answer_ = {};
  on_line_ = on_line;
  failure_ = nullptr;
  curl_slist_free_all(sent_headers_);
  sent_headers_ = nullptr;
  add_header("Accept", on_line == nullptr ? "application/json" : "application/x-ndjson");
  add_header("Expect", "");  // no waiting for 100 Continue
  for (const auto& [name, value] : always) add_header(name, value);
  for (const auto& [name, value] : headers) add_header(name, value);
  set(CURLOPT_URL, (url_ + path).c_str());
  if (body != nullptr) {
    add_header("Content-Type", "application/json");
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    set(CURLOPT_POSTFIELDS, body->c_str());
  } else {
    set(CURLOPT_HTTPGET, 1L);
  }
  set(CURLOPT_CUSTOMREQUEST, std::string(method).c_str());
  set(CURLOPT_HTTPHEADER, sent_headers_);
  const auto code = curl_easy_perform(handle_);
  if (failure_) std::rethrow_exception(failure_);
  if (code != CURLE_OK) {
    const std::string why = error_[0] != '\0' ? error_ : curl_easy_strerror(code);
    unreachable("cannot reach " + url_ + ": " + why);
  }
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer_.status);
  if (on_line != nullptr && answer_.status == 200 && !answer_.body.empty()) {
    unreachable("the answer broke off in the middle of a line");
  }
  return std::move(answer_);
}

namespace {

void demand_success(const ApiAnswer& answer) {
  if (answer.status >= 200 && answer.status < 300) return;
  throw Ended(ExitCode::kFoundWrong, problem_text(answer.status, answer.body), answer.body);
}

}  // namespace

void add_target_options(CLI::App& app, ApiTarget& target) {
  constexpr const char* kGroup = "Where Wissel is, and who asks";
  app.add_option("--url", target.url, "Address of Wissel, such as https://wissel.example.nl")
      ->envname("WISSEL_URL")
      ->group(kGroup);
  app.add_option("--ca", target.ca, "CA certificates that Wissel's certificate must come from, PEM")
      ->envname("WISSEL_CA")
      ->group(kGroup);
  app.add_option("--cert", target.cert, "Your certificate, PEM")->envname("WISSEL_CERT")->group(kGroup);
  app.add_option("--key", target.key, "Its private key, PEM")->envname("WISSEL_KEY")->group(kGroup);
}

json::value ApiAnswer::json() const {
  auto value = core::parse_json(body, kLimits);
  if (!value) wrong("the answer (status " + std::to_string(status) + ") is not JSON");
  return std::move(*value);
}

std::string ApiAnswer::next() const {
  const auto link = headers.find("link");
  if (link == headers.end() || link->second.find("rel=\"next\"") == std::string::npos) return {};
  const auto from = link->second.find('<');
  const auto to = link->second.find('>');
  if (from == std::string::npos || to == std::string::npos || to < from) return {};
  auto target = link->second.substr(from + 1, to - from - 1);
  // A link may be absolute; the connection stays where it is.
  if (const auto scheme = target.find("://"); scheme != std::string::npos) {
    const auto slash = target.find('/', scheme + 3);
    target = slash == std::string::npos ? "/" : target.substr(slash);
  }
  return target;
}

ApiClient::ApiClient(const ApiTarget& target) {
  for (const auto& [name, value] : {std::pair{"--url or WISSEL_URL", &target.url},
                                    {"--ca or WISSEL_CA", &target.ca},
                                    {"--cert or WISSEL_CERT", &target.cert},
                                    {"--key or WISSEL_KEY", &target.key}}) {
    if (value->empty()) usage(std::string(name) + " is needed");
  }
  if (!target.url.starts_with("https://")) usage("the address of Wissel begins with https://");
  transfer_ = std::make_unique<Transfer>(target);
}
ApiClient::~ApiClient() = default;

ApiAnswer ApiClient::get(const std::string& path) {
  auto answer = transfer_->run("GET", path, nullptr, {}, nullptr);
  demand_success(answer);
  return answer;
}

ApiAnswer ApiClient::send(std::string_view method, const std::string& path, const json::value& body,
                          const ApiHeaders& headers) {
  const auto text = json::serialize(body);
  auto answer = transfer_->run(method, path, &text, headers, nullptr);
  demand_success(answer);
  return answer;
}

ApiAnswer ApiClient::remove(const std::string& path, const ApiHeaders& headers) {
  auto answer = transfer_->run("DELETE", path, nullptr, headers, nullptr);
  demand_success(answer);
  return answer;
}

std::optional<ApiAnswer> ApiClient::find(const std::string& path) {
  auto answer = transfer_->run("GET", path, nullptr, {}, nullptr);
  if (answer.status == 404) return std::nullopt;
  demand_success(answer);
  return answer;
}

void ApiClient::lines(const std::string& path, const std::function<void(std::string_view)>& on_line) {
  demand_success(transfer_->run("GET", path, nullptr, {}, &on_line));
}

json::array ApiClient::list(const std::string& path, std::string_view member, std::size_t most) {
  json::array rows;
  for (std::string at = path; !at.empty() && rows.size() < most;) {
    const auto answer = get(at);
    const auto page = answer.json();
    const auto* object = page.if_object();
    const auto* list = object == nullptr ? nullptr : object->if_contains(member);
    if (list == nullptr || !list->is_array()) wrong("the answer holds no list '" + std::string(member) + "'");
    for (const auto& row : list->get_array()) {
      if (rows.size() < most) rows.push_back(row);
    }
    at = answer.next();
  }
  return rows;
}

void ApiClient::set_header(std::string name, std::string value) {
  transfer_->always.emplace_back(std::move(name), std::move(value));
}

std::string url_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
        std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%' + core::to_hex(core::as_bytes({&c, 1}));
    }
  }
  return out;
}

}  // namespace wissel::ctl
