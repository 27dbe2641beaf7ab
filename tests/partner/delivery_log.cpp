#include "tests/partner/delivery_log.hpp"

#include <boost/json/serialize.hpp>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace wissel::partner {
namespace {

namespace json = boost::json;

std::string now_utc() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::string text(std::strlen("2026-01-01T00:00:00") + 1, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts));
  const auto fraction = std::to_string(1000 + ms % 1000);  // a leading 1 keeps the zeros
  return text + "." + fraction.substr(1) + "Z";
}

// urn:nld:oin:<OIN>:systeem:<name>
std::string sender(const json::value& event) {
  constexpr std::string_view kPrefix = "urn:nld:oin:";
  const auto* source = event.is_object() ? event.get_object().if_contains("source") : nullptr;
  if (!source || !source->is_string()) return {};
  const std::string_view text(source->get_string());
  if (!text.starts_with(kPrefix)) return {};
  return std::string(text.substr(kPrefix.size(), text.find(':', kPrefix.size()) - kPrefix.size()));
}

}  // namespace

DeliveryLog::DeliveryLog(const std::filesystem::path& file)
    : file_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (file_ < 0) throw std::system_error(errno, std::generic_category(), file.string());
}

DeliveryLog::~DeliveryLog() { ::close(file_); }

std::expected<void, std::string> DeliveryLog::append(std::string_view body, const json::value& event) {
  // The event byte for byte as it came, unless it is spread over lines.
  const bool one_line = body.find_first_of("\r\n") == std::string_view::npos;
  std::string line = R"({"ontvangenOp":")" + now_utc() + R"(","afzender":)" +
                     json::serialize(json::value(sender(event))) + R"(,"bericht":)" +
                     (one_line ? std::string(body) : json::serialize(event)) + "}\n";
  const auto written = ::write(file_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return {};
  return std::unexpected(written < 0 ? std::generic_category().message(errno) : "short write");
}

}  // namespace wissel::partner
