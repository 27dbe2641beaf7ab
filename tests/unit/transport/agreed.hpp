#pragma once
// Somebody to exchange with: an agreement in force, references, and the question that is asked under it.
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/core/agreeing.hpp"
#include "tests/unit/transport/test_gateway.hpp"

namespace wissel::test {

inline const core::Uuid kAgreement{core::Bytes16{7}};
inline const core::Subject kSubject{core::Bsn::parse("999990019").value()};

/// For every act, from an hour ago until in a year.
inline core::Agreement agreement_of(std::vector<core::Oin> holders, std::vector<core::Oin> askers) {
  core::Agreement out;
  out.id = kAgreement;
  out.aanbieders = std::move(holders);
  out.afnemers = std::move(askers);
  out.doel = "https://doel.example/vergunning";
  out.handelingen.fill(true);
  out.geldig_van = TestGateway::now() - std::chrono::hours{1};
  out.geldig_tot = TestGateway::now() + std::chrono::hours{24 * 365};
  out.verwerkingsactiviteit = "https://register.example/1";
  return out;
}

/// Brings it into force, as its next version where there is one.
inline void agree(TestGateway& at, core::Agreement agreement) {
  const auto* before = at.machine->view()->network->dossier(agreement.id);
  const auto versie = before == nullptr ? 1 : before->laatste_versie + 1;
  for (auto& effect : core::agreeing(std::move(agreement), TestGateway::now(), versie)) at.change(std::move(effect));
}

/// The holder has something about the subject.
inline void refer(TestGateway& at, const core::Oin& holder, std::uint8_t id,
                  core::Zichtbaarheid visibility = core::Zichtbaarheid::kGewoon) {
  core::ReferenceChange change{holder,
                               core::Uuid(core::Bytes16{id}),
                               {at.secrets.pseudonyms.of(kSubject)},
                               {core::SubjectKind::kBsn},
                               "ZT1",
                               {},
                               visibility,
                               {},
                               {},
                               {}};
  at.change(core::SetReference{std::move(change), {}});
}

inline std::string ground() { return R"("grondslag":{"uitwisselafspraak":")" + kAgreement.str() + "\"}"; }

/// What a search and a pull about the subject have in their body. `more`: further members, each with a comma before it.
inline std::string question(const std::string& more = {}) {
  return R"({"onderwerp":{"soort":"bsn","waarde":"999990019"},)" + ground() + more + "}";
}

}  // namespace wissel::test
