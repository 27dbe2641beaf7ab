#pragma once
// A brake that was pulled: what is stored of it, and of what a party's own normal is.
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity/oin.hpp"
#include "core/identity/uuid.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace wissel::core {

/// One party under one agreement is stopped until a person lets it go on. Figures are subjects in a minute.
struct Brake {
  Uuid id;
  Oin party;  ///< the afnemer, or whom it acts for
  Uuid agreement;
  Instant since;
  std::uint32_t asked = 0;   ///< with the request that tripped it
  std::uint32_t normal = 0;  ///< rounded
  std::uint32_t factor = 0;  ///< as configured at the time
  std::uint32_t floor = 0;
  std::string released;  ///< why it was let go, in a person's words; only in the history
};
/// Those that are tripped.
using Brakes = std::map<Uuid, Brake>;

[[nodiscard]] boost::json::object to_json(const Brake& brake);
[[nodiscard]] std::string encode(const Brake& brake);
[[nodiscard]] Result<Brake> decode_brake(std::string_view value);  ///< Errors: kCorrupt.

/// nullptr where that party is not braked under that agreement.
[[nodiscard]] const Brake* find_brake(const Brakes& brakes, const Oin& party, const Uuid& agreement);

/// What a party usually asks under an agreement.
struct Normal {
  Oin party;
  Uuid agreement;
  float subjects = 0;         ///< in a minute in which it asks at all
  std::uint32_t minutes = 0;  ///< minutes that it was learnt from, at most as many as are remembered
};
[[nodiscard]] std::string encode(const Normal& normal);
/// `key` is what follows kMetaNormalPrefix. Errors: kCorrupt.
[[nodiscard]] Result<Normal> decode_normal(std::string_view key, std::string_view value);
[[nodiscard]] std::string normal_key(const Oin& party, const Uuid& agreement);

/// meta: this + OIN · agreement (16) → see encode(Normal)
inline constexpr std::string_view kMetaNormalPrefix = "normal/";

}  // namespace wissel::core
