#pragma once
// What an agreement lets its afnemers see of what partners disclose: the one filter for pulls, deliveries and
// mailboxes.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/log/record.hpp"
#include "core/messages/undisclosed.hpp"
#include "core/messages/zaak_status.hpp"
#include "core/policy/matching.hpp"
#include "core/policy/model.hpp"
#include "core/result.hpp"

namespace wissel::core {

/// The code of its zaaktype, or else its omschrijving; empty: none. `content` outlives it.
[[nodiscard]] std::string_view zaaktype_of(const ZaakStatusView& view, const boost::json::value& content);

/// Text that an agreement lets through. Only StatusFilter makes one that is not empty, so what takes a Disclosed cannot
/// be given anything else.
class Disclosed {
 public:
  Disclosed() = default;
  [[nodiscard]] std::string_view view() const noexcept { return text_; }
  [[nodiscard]] std::string take() && noexcept { return std::move(text_); }

 private:
  friend class StatusFilter;
  explicit Disclosed(std::string text) noexcept : text_(std::move(text)) {}

  std::string text_;
};

/// The names in `velden` of an agreement as a tree: "status" covers a member with all that is in it,
/// "status.omschrijving" one member of it; in a list, of each element.
class FieldTree {
 public:
  explicit FieldTree(const std::vector<std::string>& paths);

  /// Leaves of an object only what is covered, in its own order; objects and lists of which nothing is left go as well.
  /// Returns how many members and list elements were left out, each with all that was in it as one.
  std::size_t keep(boost::json::object& object) const { return keep_members(object, root_); }

 private:
  struct Node {
    std::string name;
    bool whole = false;
    std::vector<Node> below;  ///< sorted by name; empty where `whole`

    [[nodiscard]] const Node* find(std::string_view member) const noexcept;
  };
  static std::size_t keep_members(boost::json::object& object, const Node& node);
  static bool keep_value(boost::json::value& value, const Node& node, std::size_t& left_out);

  Node root_;
};

/// An agreement, compiled to what it lets through. Immutable: made when the agreement is set, used by every thread.
class StatusFilter {
 public:
  explicit StatusFilter(const Agreement& agreement);

  /// The zaken of a pull part.
  struct Zaken {
    Disclosed text;  ///< a JSON array
    std::size_t count = 0;
    LeftOut left_out;
  };
  /// The zaken of an answer that may be shown, each with the fields agreed. `asked_zaaktype`: only these were asked
  /// for; others do not count as left out.
  [[nodiscard]] Zaken zaken(HolderAnswer answer, const std::optional<std::string>& asked_zaaktype) const;

  /// Whether a message may be shown at all, by its type, level and zaaktype. Says nothing about parties, acts and time:
  /// that is for decide(), may_deliver() and judge_place(), before this.
  [[nodiscard]] bool carries(const EventFacts& facts) const;

  /// What is delivered of a message.
  struct Event {
    Disclosed text;  ///< the event in structured mode
    LeftOut left_out;
  };
  /// Attributes and extensions as sent; of a ZaakStatus in `data` the fields agreed; other types unread. Errors:
  /// kInvalidInput where carries() says no, kCorrupt.
  [[nodiscard]] Result<Event> event(Undisclosed event, const EventFacts& facts) const;

  /// Whether there is anything that it might leave out: whether the record of what passes has an annex that says so.
  /// Follows from the agreement alone, so it tells nothing about a subject.
  [[nodiscard]] bool bounded() const noexcept { return bounded_; }

 private:
  [[nodiscard]] bool covers(std::string_view zaaktype) const;

  Vertrouwelijkheid level_max_;
  std::vector<std::string> zaaktypen_;  ///< sorted; empty: all, also none
  std::optional<FieldTree> fields_;
  std::optional<std::vector<std::string>> types_;  ///< besides ZaakStatus, sorted; absent: all where fields_ is absent
  bool bounded_;
};

}  // namespace wissel::core
