#pragma once
// A gateway in memory with an agreement and representations in it, and requests to it as text. Made anew now and then,
// so that what accepted requests leave behind stays small.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fuzz/demand.hpp"
#include "tests/unit/core/agreeing.hpp"
#include "tests/unit/core/appointing.hpp"
#include "tests/unit/transport/test_gateway.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::fuzz {

using namespace wissel::transport;

inline const core::Oin kOperator = test::oin("00000099000000008000");
inline const core::Uuid kAgreement{core::Bytes16{7}};
inline const core::Uuid kAppointed{core::Bytes16{8}};  ///< the afnemer acts for the first holder
inline const core::Uuid kOffered{core::Bytes16{9}};    ///< to the afnemer by the first holder; nobody has signed it

class Site {
 public:
  Site() {
    at_.limits.mailbox_wait_max = std::chrono::seconds{0};
    at_.limits.pull_wait_default = std::chrono::milliseconds{200};
    at_.limits.pull_wait_max = std::chrono::milliseconds{200};
    core::Participant operates{kOperator, "Beheerder", {}, {}, {}, {}, {}, {}};
    operates.stand = core::Stand::kAangesloten;
    operates.rollen.add(core::Role::kSchakelpuntbeheerder);
    at_.change(core::PutParticipant{std::move(operates), {}});
    at_.participant(test::kAfnemer, {{"gebeurtenissen", "https://afnemer.example/gebeurtenissen"}});
    agree();
    appoint();
    at_.router = std::make_unique<Router>(
        at_.gateway, std::vector<Routes>{search_routes(), network_routes(), agreement_routes(), representation_routes(),
                                         reference_routes(), pull_routes(), log_proof_routes(), log_record_routes(),
                                         tlog_routes(), message_routes(), subscription_routes(), mailbox_routes()});
  }

  /// The answer, with what it streamed in its body.
  Response ask(Request request) { return at_.ask(std::move(request)); }
  [[nodiscard]] std::uint64_t log_size() const { return at_.log_size(); }
  [[nodiscard]] const Gateway& gateway() const { return at_.gateway; }
  [[nodiscard]] std::shared_ptr<const core::View> view() const { return at_.machine->view(); }

  static Site& current() {
    // A run of 5,000 leaves some tens of MB behind.
    static int runs = 0;
    if (!kept() || ++runs % 5'000 == 0) {
      kept().reset();
      kept() = std::make_unique<Site>();
    }
    return *kept();
  }
  /// A caller was shut out, by a participant's pins for one: what comes next begins anew.
  static void discard() { kept().reset(); }

 private:
  static std::unique_ptr<Site>& kept() {
    static std::unique_ptr<Site> site;
    return site;
  }

  void agree() {
    core::Agreement out;
    out.id = kAgreement;
    out.aanbieders = {test::kHolderOne, test::kHolderTwo};
    out.afnemers = {test::kAfnemer};
    out.doel = "https://doel.example/vergunning";
    out.handelingen = {true, true, true};
    out.geldig_van = core::from_ms(0);
    out.geldig_tot = test::TestGateway::now() + std::chrono::hours{24};
    out.verwerkingsactiviteit = "https://register.example/1";
    for (auto& effect : core::agreeing(std::move(out), test::TestGateway::now())) at_.change(std::move(effect));
  }

  /// From and until fixed moments, so that the bytes to sign, whose hash a kept input holds, are always the same.
  void appoint() {
    const core::AppointedFor period{core::from_ms(0), core::from_ms(4'102'444'800'000)};  // the year 2100
    at_.change(core::PutRepresentation{core::appointed(kAppointed, test::kHolderOne, test::kAfnemer, period)});
    auto offered = core::appointed(kOffered, test::kHolderOne, test::kAfnemer, period);
    offered.ondertekeningen.clear();
    at_.change(core::PutRepresentation{std::move(offered)});
  }

  test::TestGateway at_;
};

/// "<caller><method><what follows the base of the target>\n", header lines, an empty line, the body.
inline std::optional<Request> request_of(std::string_view base, std::string_view input) {
  static constexpr std::array kMethods{Method::kPost, Method::kGet, Method::kPut, Method::kDelete, Method::kHead};
  static const std::array kCallers{test::kAfnemer, test::kHolderOne, kOperator, test::kAuditor};
  auto [line, rest] = split(input, '\n');
  if (line.size() < 2) return std::nullopt;
  Request request;
  auto peer = std::make_shared<Peer>();
  peer->certificate_presented = true;
  peer->oin = kCallers[static_cast<unsigned char>(line[0]) % kCallers.size()];
  request.peer = std::move(peer);
  request.head.method = kMethods[static_cast<unsigned char>(line[1]) % kMethods.size()];
  request.head.method_text = to_string(request.head.method);
  if (!parse_target(std::string(base).append(line.substr(2)), request.head)) return std::nullopt;
  request.received = test::TestGateway::now();
  request.started = SteadyClock::now();
  while (true) {
    const auto [field, after] = split(rest, '\n');
    rest = after;
    if (field.empty()) break;
    const auto [name, value] = split(field, ':');
    request.head.headers.add(name, value.substr(value.starts_with(' ') ? 1 : 0));
  }
  request.body = rest;
  return request;
}

}  // namespace wissel::fuzz
