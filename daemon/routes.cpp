// The list of resources. A new resource is one line here.
#include "daemon/daemon.hpp"
#include "daemon/graph.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::daemon {

std::vector<transport::Routes> all_routes() {
  std::vector<transport::Routes> out;
  out.push_back(transport::search_routes());
  out.push_back(transport::network_routes());
  out.push_back(transport::agreement_routes());
  out.push_back(transport::signing_key_routes());
  out.push_back(transport::reference_routes());
  out.push_back(transport::pull_routes());
  out.push_back(transport::log_proof_routes());
  out.push_back(transport::log_record_routes());
  out.push_back(transport::tlog_routes());
  out.push_back(transport::decision_routes());
  out.push_back(transport::message_routes());
  out.push_back(transport::subscription_routes());
  out.push_back(transport::representation_routes());
  out.push_back(transport::mailbox_routes());
  out.push_back(transport::brake_routes());
  out.push_back(transport::overview_routes());
  return out;
}

std::vector<std::string> operations() { return transport::operations_of(all_routes()); }

}  // namespace wissel::daemon
