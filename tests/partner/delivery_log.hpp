#pragma once
// The file in which a sample partner keeps what was delivered to it, one line of JSON each, repeats included.
#include <boost/json/value.hpp>

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace wissel::partner {

/// Not thread-safe; a partner has one thread.
class DeliveryLog {
 public:
  /// Opens or makes the file. Throws std::system_error.
  explicit DeliveryLog(const std::filesystem::path& file);
  ~DeliveryLog();
  DeliveryLog(const DeliveryLog&) = delete;
  DeliveryLog& operator=(const DeliveryLog&) = delete;

  /// Adds `{"ontvangenOp", "afzender", "bericht"}`. `body` is the event as it came, `event` the same, parsed.
  /// When this returns the line is with the kernel, in one write: it outlives this process, not the machine.
  /// Error: the system's reason; then perhaps a part of the line was written.
  [[nodiscard]] std::expected<void, std::string> append(std::string_view body, const boost::json::value& event);

 private:
  int file_;
};

}  // namespace wissel::partner
