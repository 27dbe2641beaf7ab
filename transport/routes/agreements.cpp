// /v1/uitwisselafspraken: drafted, offered, signed by every party, suspended by any of them, ended.
#include <boost/json.hpp>

#include <charconv>

#include "core/json/write.hpp"
#include "core/policy/codec.hpp"
#include "core/policy/dossier_codec.hpp"
#include "core/policy/network.hpp"
#include "core/state/keys.hpp"
#include "transport/routes/changing.hpp"
#include "transport/routes/page.hpp"
#include "transport/routes/resources.hpp"
#include "transport/routes/signing.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

constexpr std::string_view kBase = "/v1/uitwisselafspraken";

std::string object_of(const core::Uuid& id, std::string_view what = {}) {
  std::string out = "uitwisselafspraak:" + id.str();
  if (!what.empty()) out.append(";").append(what);
  return out;
}

std::unexpected<Refusal> no_agreement() {
  return refusal(core::ProblemCode::kNotFound, "Er is geen uitwisselafspraak met deze id.");
}

OrRefusal<core::Uuid> id_in_path(const Exchange& exchange) {
  auto id = core::Uuid::parse(exchange.param("id"));
  if (!id) return no_agreement();
  return *id;
}

bool sees_all(const Exchange& exchange) {
  return exchange.has_role(core::Role::kSchakelpuntbeheerder) || exchange.has_role(core::Role::kAuditor);
}

/// A draft is its author's and the operator's until it is offered.
bool sees_draft(const Exchange& exchange, const core::AgreementDossier& dossier) {
  return sees_all(exchange) || (dossier.voorstel && dossier.voorstel->opsteller == exchange.caller);
}

/// Null where the caller may not know of it.
const core::AgreementDossier* known(const Exchange& exchange, const core::Uuid& id) {
  const auto* dossier = exchange.view->network->dossier(id);
  if (dossier == nullptr) return nullptr;
  return dossier->concerns(exchange.caller) || sees_all(exchange) ? dossier : nullptr;
}

/// An agreement between organisations that are no participants could never be signed.
void check_parties(const Exchange& exchange, const core::Agreement& agreement, core::Faults& faults) {
  const auto check = [&](const std::vector<core::Oin>& parties, const char* place) {
    for (const auto& party : parties) {
      if (exchange.view->network->participant(party) != nullptr) continue;
      // Parties are sorted, so their places in the body are not known any more.
      faults.add(place, core::ProblemCode::kFieldValue,
                 party.str() + " is geen deelnemer; laat de beheerder van het schakelpunt haar aansluiten");
    }
  };
  check(agreement.aanbieders, "/aanbieders");
  check(agreement.afnemers, "/afnemers");
}

asio::awaitable<Reply> propose(Exchange& exchange, core::Uuid id, bool create) {
  const auto read = [&](const json::value& value, core::Faults& faults) {
    auto agreement = core::read_agreement(value, id, faults);
    if (agreement) check_parties(exchange, *agreement, faults);
    return agreement;
  };
  auto agreement = exchange.read_body(read);
  if (!agreement) co_return std::unexpected(std::move(agreement).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  core::ProposeAgreement effect{std::move(*agreement), exchange.caller, create, *version};
  std::string location = create ? "/v1/uitwisselafspraken/" : "";
  co_return co_await change_resource(exchange, std::move(effect), object_of(id, "ontwerp"), std::move(location));
}

asio::awaitable<Reply> post_agreement(Exchange& exchange) {
  core::Uuid::Randomness random{};
  core::random_bytes(random);
  co_return co_await propose(exchange, core::Uuid::v7(exchange.now, random), true);
}

asio::awaitable<Reply> put_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  if (known(exchange, *id) == nullptr) co_return no_agreement();
  co_return co_await propose(exchange, *id, false);
}

asio::awaitable<Reply> offer_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  core::OfferAgreement effect{*id, exchange.caller, *version};
  co_return co_await change_resource(exchange, std::move(effect), object_of(*id, "aanbieding"));
}

struct SignBody {
  std::uint64_t versie = 0;
  core::EndorsementInput input;
};

std::optional<SignBody> read_sign_body(const json::value& value, core::Faults& faults) {
  core::ObjectReader in(value, "", faults);
  const auto version = in.required_int("versie", 1, INT64_MAX);
  auto input = core::read_endorsement_input(in);
  in.finish();
  if (!version) return std::nullopt;
  return SignBody{static_cast<std::uint64_t>(*version), std::move(input)};
}

asio::awaitable<Reply> sign_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  auto body = exchange.read_body(read_sign_body);
  if (!body) co_return std::unexpected(std::move(body).error());
  const auto* dossier = known(exchange, *id);
  if (dossier == nullptr) co_return no_agreement();
  const auto& offered = dossier->voorstel;
  if (offered && offered->aangeboden && !core::is_party(offered->inhoud, exchange.caller)) {
    co_return refusal(core::ProblemCode::kNotEntitled, "Alleen partijen ondertekenen.");
  }
  if (!offered || !offered->aangeboden || offered->inhoud.versie != body->versie) {
    co_return refusal(core::ProblemCode::kStageConflict,
                      "Die versie wordt niet (meer) ter ondertekening aangeboden: haal de uitwisselafspraak op; een "
                      "ontwerp wordt eerst aangeboden (POST …/aanbieding).");
  }
  auto endorsement = endorse_as_caller(exchange, body->input, core::signing_payload(offered->inhoud));
  if (!endorsement) co_return std::unexpected(std::move(endorsement).error());
  core::SignAgreement effect{*id, body->versie, std::move(*endorsement)};
  auto object = object_of(*id, "versie:" + std::to_string(body->versie) + ";ondertekening");
  co_return co_await change_resource(exchange, std::move(effect), std::move(object));
}

OrRefusal<core::PartyWord> word_of_caller(const Exchange& exchange) {
  auto reason = read_reason(exchange);
  if (!reason) return std::unexpected(std::move(reason).error());
  return core::PartyWord{exchange.caller, exchange.now, std::move(*reason)};
}

asio::awaitable<Reply> suspend_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  auto word = word_of_caller(exchange);
  if (!word) co_return std::unexpected(std::move(word).error());
  core::SuspendAgreement effect{*id, std::move(*word)};
  co_return co_await change_resource(exchange, std::move(effect), object_of(*id, "schorsing"));
}

asio::awaitable<Reply> resume_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  core::ResumeAgreement effect{*id, exchange.caller};
  co_return co_await change_resource(exchange, std::move(effect), object_of(*id, "hervatting"));
}

asio::awaitable<Reply> end_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  auto word = word_of_caller(exchange);
  if (!word) co_return std::unexpected(std::move(word).error());
  core::EndAgreement effect{*id, std::move(*word), *version};
  co_return co_await change_resource(exchange, std::move(effect), object_of(*id, "einde"));
}

// --- reading ---

asio::awaitable<Reply> get_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  const auto* dossier = known(exchange, *id);
  if (dossier == nullptr) co_return no_agreement();
  auto body = core::to_json(*dossier, exchange.now, sees_draft(exchange, *dossier));
  co_return co_await show_resource(exchange, std::move(body), dossier->wijziging, object_of(*id));
}

asio::awaitable<Reply> list_agreements(Exchange& exchange) {
  auto page = read_page(exchange, {});
  if (!page) co_return std::unexpected(std::move(page).error());
  json::array rows;
  std::string last;
  bool more = false;
  for (const auto& dossier : exchange.view->network->dossiers()) {
    const auto id = dossier->id.str();
    if (id <= page->after || known(exchange, dossier->id) == nullptr) continue;
    if (rows.size() == page->count) {
      more = true;
      break;
    }
    rows.push_back(core::to_json(*dossier, exchange.now, sees_draft(exchange, *dossier)));
    last = id;
  }
  if (!more) last.clear();
  co_return co_await answer_page(exchange, "uitwisselafspraken", std::move(rows), std::move(last));
}

std::optional<std::uint64_t> version_in_path(const Exchange& exchange) {
  const std::string& text = exchange.param("versie");
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '0') return std::nullopt;
  return out;
}

/// The version that the path names, as far as the caller may see it: also one that it is no party to any more, for it
/// may have signed that.
asio::awaitable<OrRefusal<core::AgreementVersion>> find_version(Exchange& exchange) {
  const auto id = core::Uuid::parse(exchange.param("id"));
  const auto number = version_in_path(exchange);
  if (!id || !number) co_return no_agreement();
  const auto key = core::entity_history_key(core::EntityKind::kAgreement, id->view(), *number);
  auto read = [&](core::ReadTier tier) { return exchange.gateway.store.get(core::Family::kEntityHistory, key, tier); };
  auto stored = co_await read_store(exchange.gateway.blocking, read);
  if (!stored) co_return refusal(stored.error());
  if (!*stored) co_return no_agreement();
  auto version = core::decode_agreement_version(**stored);
  if (!version) co_return refusal(version.error());
  const bool own = sees_all(exchange) || version->opsteller == exchange.caller;
  if (!own && !(version->aangeboden && core::is_party(version->inhoud, exchange.caller))) co_return no_agreement();
  co_return std::move(*version);
}

asio::awaitable<Reply> get_version(Exchange& exchange) {
  auto version = co_await find_version(exchange);
  if (!version) co_return std::unexpected(std::move(version).error());
  auto object = object_of(version->inhoud.id, "versie:" + std::to_string(version->inhoud.versie));
  co_return co_await show_resource(exchange, core::to_json(*version), version->inhoud.versie, std::move(object));
}

/// The exact bytes that are signed.
asio::awaitable<Reply> get_content(Exchange& exchange) {
  auto version = co_await find_version(exchange);
  if (!version) co_return std::unexpected(std::move(version).error());
  auto draft = exchange.draft();
  draft.record.object = object_of(version->inhoud.id, "versie:" + std::to_string(version->inhoud.versie) + ";inhoud");
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, core::signing_payload(version->inhoud), 200);
}

}  // namespace

Routes agreement_routes() {
  Routes rows;
  rows.push_back(reading_with_query(kBase, "uitwisselafspraken inzien", list_agreements));
  rows.push_back(changing(Method::kPost, kBase, "uitwisselafspraak opstellen", Takes::kBody, post_agreement));
  rows.push_back(reading("/v1/uitwisselafspraken/{id}", "uitwisselafspraak inzien", get_agreement));
  rows.push_back(
      changing(Method::kPut, "/v1/uitwisselafspraken/{id}", "uitwisselafspraak wijzigen", Takes::kBody, put_agreement));
  rows.push_back(changing(Method::kDelete, "/v1/uitwisselafspraken/{id}", "uitwisselafspraak beëindigen",
                          Takes::kNothing, end_agreement));
  rows.push_back(changing(Method::kPost, "/v1/uitwisselafspraken/{id}/aanbieding", "uitwisselafspraak aanbieden",
                          Takes::kNothing, offer_agreement));
  rows.push_back(changing(Method::kPost, "/v1/uitwisselafspraken/{id}/ondertekeningen",
                          "uitwisselafspraak ondertekenen", Takes::kBody, sign_agreement));
  rows.push_back(changing(Method::kPost, "/v1/uitwisselafspraken/{id}/schorsing", "uitwisselafspraak schorsen",
                          Takes::kBody, suspend_agreement));
  rows.push_back(changing(Method::kPost, "/v1/uitwisselafspraken/{id}/hervatting",
                          "schorsing van uitwisselafspraak opheffen", Takes::kNothing, resume_agreement));
  rows.push_back(changing(Method::kPost, "/v1/uitwisselafspraken/{id}/beeindiging", "uitwisselafspraak beëindigen",
                          Takes::kBody, end_agreement));
  rows.push_back(
      reading("/v1/uitwisselafspraken/{id}/versies/{versie}", "versie van uitwisselafspraak inzien", get_version));
  rows.push_back(reading("/v1/uitwisselafspraken/{id}/versies/{versie}/inhoud", "inhoud van uitwisselafspraak inzien",
                         get_content));
  return rows;
}

}  // namespace wissel::transport
