#pragma once
// What a reference, a search or a message is about, in its one canonical form.
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/identity/number.hpp"
#include "core/identity/uuid.hpp"
#include "core/identity/zaak_id.hpp"

namespace wissel::core {

/// Names are part of the API and of every pseudonym: never rename. The numbers stay in memory.
enum class SubjectKind : std::uint8_t { kBsn, kRsin, kKvkNummer, kVestigingsnummer, kZaak, kVerzoek, kOverig };

/// "bsn", "rsin", "kvkNummer", "vestigingsnummer", "zaak", "verzoek", "overig".
[[nodiscard]] std::string_view to_string(SubjectKind kind) noexcept;
[[nodiscard]] std::optional<SubjectKind> parse_subject_kind(std::string_view name) noexcept;

/// A kind and the canonical value that pseudonyms are made from. Never printed: it may hold a BSN.
class Subject {
 public:
  /// Characters of `stelsel` and of `waarde` of an overig subject.
  static constexpr std::size_t kOverigCharactersMax = 255;

  explicit Subject(const Bsn& number) : Subject(SubjectKind::kBsn, std::string(number.clear())) {}
  explicit Subject(const Rsin& number) : Subject(SubjectKind::kRsin, std::string(number.clear())) {}
  explicit Subject(const KvkNummer& number) : Subject(SubjectKind::kKvkNummer, std::string(number.clear())) {}
  explicit Subject(const Vestigingsnummer& number)
      : Subject(SubjectKind::kVestigingsnummer, std::string(number.clear())) {}
  [[nodiscard]] static Subject zaak(const ZaakId& id) { return {SubjectKind::kZaak, id.canonical()}; }
  [[nodiscard]] static Subject verzoek(const ZaakId& id) { return {SubjectKind::kVerzoek, id.canonical()}; }
  /// `stelsel` is an absolute URI; both 1–255 characters, no control characters. Errors: kInvalidInput.
  [[nodiscard]] static Result<Subject> overig(std::string_view stelsel, std::string_view waarde);

  [[nodiscard]] SubjectKind kind() const noexcept { return kind_; }
  /// BSN and RSIN nine digits; KvK- and vestigingsnummer their digits; zaak and verzoek the 20 characters of the OIN
  /// and the identificatie; overig the stelsel, a zero byte and the waarde.
  [[nodiscard]] const std::string& canonical() const noexcept { return canonical_; }
  /// For zaak and verzoek.
  [[nodiscard]] std::optional<ZaakId> zaak_id() const;

  friend auto operator<=>(const Subject&, const Subject&) = default;

 private:
  Subject(SubjectKind kind, std::string canonical) : kind_(kind), canonical_(std::move(canonical)) {}

  SubjectKind kind_;
  std::string canonical_;
};

/// What the natural key of a reference is.
enum class ReferenceKeyKind : std::uint8_t { kZaak, kVerzoek, kKenmerk };
/// "zaak", "verzoek", "kenmerk".
[[nodiscard]] std::string_view to_string(ReferenceKeyKind kind) noexcept;

/// The id of a reference, which its holder can compute too: version 8 of the first 16 bytes of
/// SHA-256("wissel:verwijzing" 00 OIN 00 kind 00 key). Never change.
[[nodiscard]] Uuid reference_id(const Oin& holder, ReferenceKeyKind kind, std::string_view key);

/// True for text that RFC 3986 calls a URI: a scheme, a colon, something after it, and none of the characters that a
/// URI cannot hold.
[[nodiscard]] bool is_absolute_uri(std::string_view text) noexcept;

}  // namespace wissel::core
