#include "daemon/ctl/network_plan.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "core/json/write.hpp"
#include "daemon/ctl/json_text.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

/// One thing that is there, in canonical form.
struct Present {
  json::object body;
  std::string version;
};
using PresentById = std::map<std::string, Present>;

template <class Canonical>
PresentById present_by(const json::array& rows, std::string_view id, std::string_view version, Canonical canonical) {
  PresentById out;
  for (const auto& row : rows) {
    const auto* object = row.if_object();
    auto body = object == nullptr ? std::nullopt : canonical(*object);
    if (body) out[text_at(row, "/" + std::string(id))] = {std::move(*body), text_at(row, "/" + std::string(version))};
  }
  return out;
}

bool same(const json::object& a, const json::object& b) { return core::jcs(a) == core::jcs(b); }

Step create(Step::What what, const Wanted& wanted) {
  Step step{Step::Kind::kCreate, what, wanted.id, {}, wanted.body, difference({}, wanted.body)};
  return step;
}

/// A step where what is there differs; otherwise it counts as unchanged.
void compare(Plan& plan, Step::What what, const Wanted& wanted, const Present& present) {
  if (same(present.body, wanted.body)) {
    ++plan.unchanged;
    return;
  }
  plan.steps.push_back(
      {Step::Kind::kChange, what, wanted.id, present.version, wanted.body, difference(present.body, wanted.body)});
}

void plan_participants(Plan& plan, const NetworkFile& wanted, const PresentById& present) {
  std::set<std::string> named;
  for (const auto& one : wanted.participants) {
    named.insert(one.id);
    const auto found = present.find(one.id);
    if (found == present.end()) {
      plan.steps.push_back(create(Step::What::kParticipant, one));
    } else {
      compare(plan, Step::What::kParticipant, one, found->second);
    }
  }
  for (const auto& [id, body] : present) {
    if (!named.contains(id)) plan.not_in_file.push_back("participant " + id);
  }
}

void plan_agreements(Plan& plan, const NetworkFile& wanted, const PresentById& present) {
  std::set<std::string> named;
  for (const auto& one : wanted.agreements) named.insert(one.id);
  for (const auto& one : wanted.agreements) {
    if (!one.id.empty()) {
      const auto found = present.find(one.id);
      if (found != present.end()) {
        compare(plan, Step::What::kAgreement, one, found->second);
      } else {
        plan.faults.push_back("line " + std::to_string(one.line) + ": there is no agreement " + one.id +
                              "; leave its id out to make it");
      }
      continue;
    }
    // Two equal ones in the file are two in the network: each takes another.
    const auto equal = std::ranges::find_if(
        present, [&](const auto& entry) { return !named.contains(entry.first) && same(entry.second.body, one.body); });
    if (equal == present.end()) {
      plan.steps.push_back(create(Step::What::kAgreement, one));
    } else {
      named.insert(equal->first);
      ++plan.unchanged;
    }
  }
  for (const auto& [id, body] : present) {
    if (!named.contains(id)) plan.not_in_file.push_back("agreement " + id);
  }
}

}  // namespace

std::vector<MemberChange> difference(const json::object& before, const json::object& after) {
  std::vector<MemberChange> out;
  const auto text = [](const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? std::string() : core::jcs(*value);
  };
  std::set<std::string> names;
  for (const auto* object : {&before, &after}) {
    for (const auto& member : *object) names.emplace(std::string_view(member.key()));
  }
  for (const auto& name : names) {
    auto was = text(before, name);
    auto is = text(after, name);
    if (was != is) out.push_back({name, std::move(was), std::move(is)});
  }
  return out;
}

Plan plan(const NetworkFile& wanted, const json::array& participants, const json::array& agreements) {
  Plan out;
  plan_participants(out, wanted, present_by(participants, "oin", "versie", canonical_participant));
  plan_agreements(out, wanted, present_by(agreements, "id", "wijziging", canonical_agreement));
  return out;
}

}  // namespace wissel::ctl
