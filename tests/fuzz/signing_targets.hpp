#pragma once
// Published keys and detached signatures. A set of keys that is taken comes back as it was and holds no secret; what
// verifies does so for its own content only.
#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/json/object_reader.hpp"
#include "core/json/parse.hpp"
#include "core/signing/base64url.hpp"
#include "core/signing/endorsement.hpp"
#include "core/signing/jwk.hpp"
#include "core/signing/jws.hpp"
#include "tests/fuzz/demand.hpp"

namespace wissel::fuzz {
namespace detail {

/// The keys of RFC 7515, appendix A.3 and RFC 8037, appendix A.1, under which the corpus is signed.
inline const std::vector<core::SigningKeyPublic>& known_keys() {
  static const std::vector<core::SigningKeyPublic> keys{
      core::published("ec", {core::SigningAlgorithm::kEs256,
                             core::from_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU").value() +
                                 core::from_base64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0").value()}),
      core::published("ed", {core::SigningAlgorithm::kEdDsa,
                             core::from_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").value()})};
  return keys;
}

}  // namespace detail

/// A JWK Set.
inline void jwk(std::string_view input) {
  const auto value = core::parse_json(input);
  if (!value) return;
  core::Faults faults;
  const auto keys = core::read_jwk_set(*value, "", faults);
  demand(keys.size() <= core::kSigningKeysMax);
  for (const auto& key : keys) demand(key.afdruk.size() == 43 && core::is_sound(key.key));
  if (!faults.empty()) return;
  const auto written = core::to_jwk_set(keys);
  demand(boost::json::serialize(written).find("\"d\":") == std::string::npos);
  core::Faults again;
  demand(core::read_jwk_set(written, "", again) == keys && again.empty());
}

/// A signature, a line end and the content; or, where it begins with '{', a body with an endorsement in it.
inline void jws(std::string_view input) {
  if (input.starts_with('{')) {
    const auto value = core::parse_json(input);
    if (!value) return;
    core::Faults faults;
    core::ObjectReader in(*value, "", faults);
    const auto read = core::read_endorsement_input(in);
    in.finish();
    if (faults.empty()) demand(read.handtekening.empty() == read.inhoud_sha256.has_value());
    core::Faults stored;
    if (const auto one = core::read_endorsement(*value, "", stored)) {
      core::Faults again;
      const auto written = core::to_json(*one);
      demand(core::to_json(*core::read_endorsement(written, "", again)) == written);
    }
    return;
  }
  const auto [text, payload] = split(input, '\n');
  const auto by = core::verify_detached(text, payload, detail::known_keys());
  if (!by) return demand(by.error().status() == 400);
  demand(text.size() <= core::kJwsMax && text.find("..") != std::string_view::npos);
  demand(!core::verify_detached(text, std::string(payload) + "x", detail::known_keys()));
}

}  // namespace wissel::fuzz
