#pragma once
// What it takes to bring a network to what a file says. Pure: fed with both sides, gives the steps.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "daemon/ctl/network_file.hpp"

namespace wissel::ctl {

/// One member that differs. `before` is empty where it is new.
struct MemberChange {
  std::string name;
  std::string before;
  std::string after;
};

struct Step {
  enum class Kind { kCreate, kChange };
  enum class What { kParticipant, kAgreement };
  Kind kind = Kind::kCreate;
  What what = What::kParticipant;
  std::string id;       ///< OIN or agreement id; empty for a new agreement
  std::string version;  ///< of what is there, for If-Match; empty when created
  boost::json::object body;
  std::vector<MemberChange> changes;
};

struct Plan {
  std::vector<Step> steps;  ///< participants first: agreements name them
  std::size_t unchanged = 0;
  std::vector<std::string> not_in_file;  ///< left alone
  std::vector<std::string> faults;       ///< "line 12: …": the file asks what cannot be done
};

/// `participants` and `agreements` are what the API listed, each participant with all its members, each agreement with
/// the content of its newest version and the number of its last change. An agreement is
/// matched by its id when the file gives one, otherwise by equal content, so that a file can be applied again.
[[nodiscard]] Plan plan(const NetworkFile& wanted, const boost::json::array& participants,
                        const boost::json::array& agreements);

/// The members that differ between two canonical forms.
[[nodiscard]] std::vector<MemberChange> difference(const boost::json::object& before, const boost::json::object& after);

}  // namespace wissel::ctl
