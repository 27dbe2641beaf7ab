#pragma once
// What names a zaak or a verzoek: who gave the number, and the number.
#include <compare>
#include <iosfwd>
#include <string>
#include <string_view>

#include "core/identity/oin.hpp"
#include "core/result.hpp"

namespace wissel::core {

/// Source: Zaken API (ZRC 1.5), `identificatie`, unique within `bronorganisatie`, at most 40 characters.
/// Case-sensitive, kept byte for byte.
class ZaakId {
 public:
  static constexpr std::size_t kCharactersMax = 40;

  /// 1–40 characters, NFC (see is_composed_text), no control characters.
  [[nodiscard]] static bool is_identificatie(std::string_view text) noexcept;
  /// Errors: kInvalidInput.
  [[nodiscard]] static Result<ZaakId> parse(const Oin& bronorganisatie, std::string_view identificatie);
  /// The reverse of canonical(). Errors: kInvalidInput.
  [[nodiscard]] static Result<ZaakId> parse_canonical(std::string_view text);

  [[nodiscard]] const Oin& bronorganisatie() const noexcept { return bronorganisatie_; }
  [[nodiscard]] const std::string& identificatie() const noexcept { return identificatie_; }
  /// The OIN's 20 characters followed by the identificatie.
  [[nodiscard]] std::string canonical() const { return bronorganisatie_.str() + identificatie_; }
  [[nodiscard]] std::string masked() const { return bronorganisatie_.masked() + "/***"; }

  friend auto operator<=>(const ZaakId&, const ZaakId&) = default;

 private:
  ZaakId(const Oin& bronorganisatie, std::string_view identificatie)
      : bronorganisatie_(bronorganisatie), identificatie_(identificatie) {}

  Oin bronorganisatie_;
  std::string identificatie_;
};

/// Prints masked.
std::ostream& operator<<(std::ostream& out, const ZaakId& id);

/// A bronorganisatie as the API takes it: an OIN, or an RSIN r, which stands for 00000001 r 000.
/// Errors: kInvalidInput.
[[nodiscard]] Result<Oin> parse_bronorganisatie(std::string_view text);

}  // namespace wissel::core

template <>
struct std::hash<wissel::core::ZaakId> {
  std::size_t operator()(const wissel::core::ZaakId& id) const noexcept {
    return std::hash<std::string>{}(id.canonical());
  }
};
