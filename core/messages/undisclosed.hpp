#pragma once
// What partners disclose, on its way to whoever may see a part of it: a type whose text cannot be got at, so that
// nothing leaves the gateway but through the filter of an agreement (StatusFilter).
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace wissel::core {

struct HolderAnswer;
struct MessageRow;
class StatusFilter;

/// The bytes of a holder's answer or of an accepted event. Anyone may make one, pass it on, measure and compare it;
/// only the store's codec, the reader of holders' answers and the filter look inside.
class Undisclosed {
 public:
  Undisclosed() = default;
  explicit Undisclosed(std::string text) noexcept : text_(std::move(text)) {}

  void append(std::string_view more) { text_.append(more); }
  [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  friend bool operator==(const Undisclosed&, const Undisclosed&) = default;
  friend bool operator==(const Undisclosed& content, std::string_view text) noexcept { return content.text_ == text; }

 private:
  friend struct HolderAnswer;
  friend class StatusFilter;
  friend std::string encode(const MessageRow& row);

  std::string text_;
};

/// One ZaakStatus of a holder's answer, read and checked. Only the filter looks inside.
class UndisclosedStatus {
 public:
  explicit UndisclosedStatus(boost::json::value content) noexcept : content_(std::move(content)) {}

 private:
  friend class StatusFilter;

  boost::json::value content_;
};

}  // namespace wissel::core
