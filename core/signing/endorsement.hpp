#pragma once
// A party's agreement to content: its signature by a published key, or its confirmation over its mTLS identity where
// the network's rules let that count.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/identity/oin.hpp"
#include "core/json/object_reader.hpp"
#include "core/problem.hpp"
#include "core/time.hpp"

namespace wissel::core {

struct Participant;

struct Endorsement {
  Oin door;
  Instant op;
  std::string handtekening;  ///< detached JWS; empty: confirmed over mTLS
  std::string kid;           ///< of the key, as published then; empty without a signature
  std::string afdruk;        ///< of the key; empty without a signature

  [[nodiscard]] bool is_signed() const noexcept { return !handtekening.empty(); }
};

/// {door, op, wijze, handtekening?, kid?, afdruk?}, in the API and in the store alike.
[[nodiscard]] boost::json::object to_json(const Endorsement& endorsement);
/// What to_json() wrote; nothing, with faults, for anything else.
[[nodiscard]] std::optional<Endorsement> read_endorsement(const boost::json::value& value, const std::string& pointer,
                                                          Faults& faults);

/// What a party sends: exactly one of the two.
struct EndorsementInput {
  std::string handtekening;             ///< detached JWS
  std::optional<Hash> inhoud_sha256{};  ///< of the content that is confirmed
};
/// Reads "handtekening" or "bevestiging": {"inhoudSha256"} of a body whose other members are the caller's to read. The
/// result counts only when there are no faults.
[[nodiscard]] EndorsementInput read_endorsement_input(ObjectReader& in);

/// Whether `party` by this endorses the bytes of `payload`. Refuses with kSignatureInvalid (also for a confirmation of
/// other content), kSigningKeyUnknown and kConfirmationNotAllowed.
[[nodiscard]] Checked<Endorsement> endorse(const EndorsementInput& input, std::string_view payload,
                                           const Participant& party, bool confirmation_allowed, Instant at);

}  // namespace wissel::core
