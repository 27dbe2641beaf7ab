#include "daemon/ctl/network_file.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "config/yaml_tree.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/uuid.hpp"
#include "core/policy/codec.hpp"
#include "daemon/ctl/yaml_json.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;
using config::ConfigFault;
using config::ConfigFaults;

constexpr std::string_view kParticipants = "deelnemers";
constexpr std::string_view kAgreements = "uitwisselafspraken";

std::string text_member(const json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(name);
  return member != nullptr && member->is_string() ? std::string(std::string_view(member->get_string())) : std::string();
}

/// The file as JSON with its places, and the faults found so far.
class Reader {
 public:
  Reader(std::string_view yaml, const std::string& file) : file_(file) {
    auto document = config::parse_yaml(yaml, file);
    faults_ = std::move(document.faults);
    if (document.root) root_ = to_json(*document.root, places_);
  }

  [[nodiscard]] const json::value& root() const noexcept { return root_; }
  [[nodiscard]] bool sound() const noexcept { return faults_.empty(); }
  void fault(std::string_view pointer, std::string what, std::string allowed) {
    const auto [line, column] = place_of(places_, pointer);
    faults_.push_back({file_, line, column, std::move(what), std::move(allowed)});
  }
  [[nodiscard]] ConfigFaults faults() {
    // A multimap keeps the order of equal places (std::stable_sort of this library does not compile cleanly with
    // clang).
    std::multimap<std::pair<std::uint32_t, std::uint32_t>, ConfigFault> by_place;
    for (auto& fault : faults_) by_place.emplace(std::pair(fault.line, fault.column), std::move(fault));
    faults_.clear();
    for (auto& [place, fault] : by_place) faults_.push_back(std::move(fault));
    return std::move(faults_);
  }
  [[nodiscard]] std::uint32_t line(std::string_view pointer) const { return place_of(places_, pointer).first; }

  /// What the API's own codec finds wrong, each at its place. The pointers count from `pointer`.
  void take(const core::Faults& found, const std::string& pointer) {
    for (const auto& one : found.list()) {
      fault(pointer + one.name, one.name.empty() ? one.reason : one.name.substr(1) + " " + one.reason, {});
    }
  }

  std::optional<Wanted> participant(const json::value& value, const std::string& pointer);
  std::optional<Wanted> agreement(const json::value& value, const std::string& pointer);

 private:
  const std::string& file_;
  Places places_;
  ConfigFaults faults_;
  json::value root_;
};

std::optional<Wanted> Reader::participant(const json::value& value, const std::string& pointer) {
  const auto oin = core::Oin::parse(text_member(value, "oin"));
  if (!oin) {
    fault(pointer + "/oin", "a participant's oin is missing or no OIN", "20 digits or capitals, in quotes");
    return std::nullopt;
  }
  core::Faults found;
  const auto read = core::read_participant(value, *oin, found);
  take(found, pointer);
  if (!read) return std::nullopt;
  auto body = core::to_json(*read);
  body.erase("versie");
  return Wanted{oin->str(), std::move(body), line(pointer)};
}

std::optional<Wanted> Reader::agreement(const json::value& value, const std::string& pointer) {
  const auto text = text_member(value, "id");
  core::Uuid id;
  if (!text.empty()) {
    const auto parsed = core::Uuid::parse(text);
    if (!parsed) {
      fault(pointer + "/id", "id is no UUID", "the id that Wissel gave, or none for a new agreement");
      return std::nullopt;
    }
    id = *parsed;
  }
  core::Faults found;
  const auto read = core::read_agreement(value, id, found);
  take(found, pointer);
  if (!read) return std::nullopt;
  auto body = core::to_json(*read);
  body.erase("versie");
  body.erase("id");
  return Wanted{text.empty() ? std::string() : id.str(), std::move(body), line(pointer)};
}

/// The rows of one list of the file.
template <class Read>
std::vector<Wanted> rows(Reader& reader, std::string_view name, Read read) {
  std::vector<Wanted> out;
  const auto pointer = "/" + std::string(name);
  const auto* list = reader.root().get_object().if_contains(name);
  if (list == nullptr || list->is_null()) return out;
  if (!list->is_array()) {
    reader.fault(pointer, std::string(name) + " is no list", "one '- ' for each");
    return out;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list->get_array().size(); ++i) {
    const auto at = pointer + "/" + std::to_string(i);
    auto row = read(list->get_array()[i], at);
    if (!row) continue;
    if (!row->id.empty() && !seen.insert(row->id).second) {
      reader.fault(at, row->id + " stands in the file twice", "each once");
    }
    out.push_back(std::move(*row));
  }
  return out;
}

}  // namespace

NetworkFileResult parse_network(std::string_view yaml, const std::string& file) {
  Reader reader(yaml, file);
  const auto* top = reader.root().if_object();
  if (top == nullptr) {
    if (reader.sound()) reader.fault("", "the file is no map", "deelnemers: and uitwisselafspraken:, each a list");
    return std::unexpected(reader.faults());
  }
  for (const auto& [name, value] : *top) {
    if (name == kParticipants || name == kAgreements) continue;
    reader.fault("/" + std::string(name), "unknown key '" + std::string(name) + "'", "deelnemers, uitwisselafspraken");
  }
  NetworkFile out;
  out.participants = rows(reader, kParticipants, [&](const json::value& value, const std::string& at) {
    return reader.participant(value, at);
  });
  out.agreements = rows(reader, kAgreements,
                        [&](const json::value& value, const std::string& at) { return reader.agreement(value, at); });
  if (!reader.sound()) return std::unexpected(reader.faults());
  return out;
}

std::expected<Wanted, ConfigFaults> parse_agreement(std::string_view yaml, const std::string& file) {
  Reader reader(yaml, file);
  if (!reader.root().is_object()) {
    if (reader.sound()) reader.fault("", "the file is no map", "the fields of one agreement");
    return std::unexpected(reader.faults());
  }
  auto wanted = reader.agreement(reader.root(), "");
  if (!wanted || !reader.sound()) return std::unexpected(reader.faults());
  return std::move(*wanted);
}

std::optional<json::object> canonical_participant(const json::object& body) {
  const auto oin = core::Oin::parse(text_member(body, "oin"));
  core::Faults ignored;
  const auto read = oin ? core::read_participant(body, *oin, ignored) : std::nullopt;
  if (!read) return std::nullopt;
  auto out = core::to_json(*read);
  out.erase("versie");
  return out;
}

std::optional<json::object> canonical_agreement(const json::object& body) {
  const auto id = core::Uuid::parse(text_member(body, "id"));
  core::Faults ignored;
  const auto read = id ? core::read_agreement(body, *id, ignored) : std::nullopt;
  if (!read) return std::nullopt;
  auto out = core::to_json(*read);
  out.erase("versie");
  out.erase("id");
  return out;
}

}  // namespace wissel::ctl
