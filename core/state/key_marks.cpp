#include "core/state/key_marks.hpp"

#include "core/crypto.hpp"
#include "core/state/keys.hpp"

namespace wissel::core {
namespace {

constexpr std::size_t kMarkBytes = 8;
constexpr std::string_view kMarkLabel("wissel:sleutelmerk\0", 19);

}  // namespace

KeyMark mark_key(std::string id, std::string what, std::string_view key) {
  const Hash mac = HmacKey(key).mac({kMarkLabel, id});
  return {std::move(id), std::string(as_view(mac).substr(0, kMarkBytes)), std::move(what)};
}

Result<std::vector<KeyMark>> check_keys(const StoreReader& store, const std::vector<KeyMark>& marks,
                                        std::string_view vkey) {
  const auto signed_as = store.get(Family::kMeta, kMetaLogVkey);
  if (!signed_as) return std::unexpected(signed_as.error());
  if (*signed_as && !vkey.empty() && **signed_as != vkey) {
    return fail(Errc::kInvalidInput, "the log in this store is that of " + **signed_as +
                                         ", and name, environment and log.signing_key make " + std::string(vkey) +
                                         "; put back what it began with: a log keeps its name and its key");
  }
  std::vector<KeyMark> missing;
  for (const auto& given : marks) {
    const auto kept = store.get(Family::kMeta, std::string(kMetaKeyMarkPrefix) + given.id);
    if (!kept) return std::unexpected(kept.error());
    if (!*kept) {
      missing.push_back(given);
    } else if (**kept != given.mark) {
      return fail(Errc::kInvalidInput, given.what +
                                           " is not the key that this store was written with; put that one "
                                           "back from where the keys are kept");
    }
  }
  return missing;
}

}  // namespace wissel::core
