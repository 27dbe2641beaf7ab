#include "transport/routes/prepare_reference.hpp"

#include <boost/json.hpp>

#include "core/json/write.hpp"
#include "core/messages/subject_codec.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

json::value shown(const core::ZaakId& id, const std::string& bronorganisatie) {
  auto out = core::write_zaak_id(id);
  if (!bronorganisatie.empty()) out.as_object()["bronorganisatie"] = bronorganisatie;
  return out;
}

std::string own_form(const core::ReferenceInput& input) {
  json::object out;
  if (input.zaak) out["zaak"] = shown(*input.zaak, input.as_given.zaak_bronorganisatie);
  if (input.verzoek) out["verzoek"] = shown(*input.verzoek, input.as_given.verzoek_bronorganisatie);
  if (input.kenmerk) out["kenmerk"] = *input.kenmerk;
  out["aantalBetrokkenen"] = input.betrokkenen.size();
  return core::write_json(out);
}

}  // namespace

ReferencePreparer::ReferencePreparer(const Gateway& gateway, const core::Oin& holder)
    : gateway_(gateway), holder_(holder) {
  for (const auto& key : gateway.secrets.pseudonyms.digest_keys(holder)) {
    digest_keys_.push_back({key.id, core::HmacKey(core::as_view(key.key))});
  }
}

core::ReferenceChange ReferencePreparer::prepare(const core::ReferenceInput& input) const {
  core::ReferenceChange change{.holder = holder_,
                               .id = input.id(holder_),
                               .subjects = {},
                               .kinds = {},
                               .zaaktype = input.zaaktype.value_or(""),
                               .categorie = input.categorie.value_or(""),
                               .zichtbaarheid = input.zichtbaarheid,
                               .geldig_tot = input.geldig_tot,
                               .digests = {},
                               .sealed = {}};
  for (const auto& subject : input.subjects()) {
    change.subjects.push_back(gateway_.secrets.pseudonyms.of(subject));
    change.kinds.push_back(subject.kind());
  }
  const auto body = core::jcs(core::write_reference(input));
  for (const auto& key : digest_keys_) change.digests.push_back({key.id, key.key.mac({change.id.view(), body})});
  change.sealed = gateway_.secrets.sealing.seal(own_form(input), change.id.view());
  return change;
}

void ReferencePreparer::append_moves(const core::ReferenceInput& input, std::vector<core::PseudonymMove>& out) const {
  const auto& keys = gateway_.secrets.pseudonyms;
  if (keys.size() == 1) return;
  for (const auto& subject : input.subjects()) {
    const auto all = keys.all(subject);
    for (std::size_t i = 1; i < all.size(); ++i) out.push_back({all[i], all.front()});
  }
}

core::ReferenceChange prepare_change(const Gateway& gateway, const core::Oin& holder,
                                     const core::ReferenceInput& input) {
  return ReferencePreparer(gateway, holder).prepare(input);
}

core::Result<std::string> open_sealed_form(const Gateway& gateway, const core::Uuid& id, std::string_view sealed) {
  auto opened = gateway.secrets.sealing.open(sealed, id.view());
  if (!opened) return std::unexpected(std::move(opened).error().within("sealed form of a reference"));
  return opened;
}

}  // namespace wissel::transport
