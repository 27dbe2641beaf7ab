#pragma once
// From requests to routes: finds the row, checks who asks and what is sent, and sees to it that every access has its
// record and every answer its headers.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "transport/http/service.hpp"
#include "transport/routes/route.hpp"

namespace wissel::transport {

/// Thread safety: as Service.
class Router final : public Service {
 public:
  /// `gateway` outlives the router.
  Router(const Gateway& gateway, std::vector<Routes> resources);
  ~Router() override;

  [[nodiscard]] BodyPlan plan(const RequestHead& head, const Peer& peer) override;
  asio::awaitable<Response> handle(Request request) override;
  asio::awaitable<Response> refuse(Request request, core::Problem problem) override;
  [[nodiscard]] Response reject(const core::Problem& problem, unsigned status) override;

 private:
  struct Found;
  struct Series;
  [[nodiscard]] Found find(const RequestHead& head) const;
  /// Why the head alone is refused once the route is known; nothing when it is fine.
  [[nodiscard]] std::optional<core::Problem> head_fault(const Found& found, const RequestHead& head) const;
  /// Whom the caller acts for on this route, or why it may not.
  [[nodiscard]] core::Checked<Identity> acting(const core::Oin& caller, const Found& found, const Request& request,
                                               const core::Network& network) const;
  asio::awaitable<Reply> run(Exchange& exchange, const Found& found);
  void handler_failed(const Route& route, std::string_view what);
  asio::awaitable<Response> answer(Request request, std::optional<core::Problem> refusal);
  asio::awaitable<Response> refused(Exchange& exchange, Refusal refusal);
  void finish(Response& response, const std::string& traceparent) const;
  void count(const Route& route, unsigned status, Deadline started);

  const Gateway& gateway_;
  Routes routes_;
  Route unknown_;                          ///< stands in for paths that are none of ours
  Route outside_;                          ///< the same outside the API's base paths, where nothing is an access
  std::map<const Route*, Series> series_;  ///< of every route; no entry is added later
};

/// "GET /v1/verwijzingen/{id}", sorted: the operations under /v1, which the OpenAPI document must list.
[[nodiscard]] std::vector<std::string> operations_of(const std::vector<Routes>& resources);

}  // namespace wissel::transport
