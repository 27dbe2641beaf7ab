#pragma once
// From what a holder says it has to what the committer keeps: pseudonyms, digests and the sealed form. The same for
// single references, bulk, synchronisation and push.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto.hpp"
#include "core/identity/pseudonyms.hpp"
#include "core/messages/reference_codec.hpp"
#include "core/state/command.hpp"
#include "transport/routes/gateway.hpp"

namespace wissel::transport {

/// The keys of one holder's digests, prepared once for many references. `gateway` outlives it.
class ReferencePreparer {
 public:
  ReferencePreparer(const Gateway& gateway, const core::Oin& holder);

  /// Pseudonyms under the newest key, a digest for each active key (api.md, Reference index), and the holder's own form
  /// sealed with the id bound to it.
  [[nodiscard]] core::ReferenceChange prepare(const core::ReferenceInput& input) const;
  /// What moves the subjects of `input` to the newest key; nothing with one key.
  void append_moves(const core::ReferenceInput& input, std::vector<core::PseudonymMove>& out) const;

 private:
  struct DigestKey {
    std::uint32_t id;
    core::HmacKey key;
  };
  const Gateway& gateway_;
  core::Oin holder_;
  std::vector<DigestKey> digest_keys_;
};

/// For a single reference.
[[nodiscard]] core::ReferenceChange prepare_change(const Gateway& gateway, const core::Oin& holder,
                                                   const core::ReferenceInput& input);

/// The holder's own form: a JSON object with zaak, verzoek and kenmerk as given, and aantalBetrokkenen.
/// Errors: kCorrupt.
[[nodiscard]] core::Result<std::string> open_sealed_form(const Gateway& gateway, const core::Uuid& id,
                                                         std::string_view sealed);

}  // namespace wissel::transport
