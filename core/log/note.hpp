#pragma once
// Signed notes and checkpoints of C2SP (signed-note, tlog-checkpoint): the form in which the log states its size and
// root. Pure text; keys come from core/crypto.hpp.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/crypto.hpp"
#include "core/result.hpp"

namespace wissel::core {

/// Bounds on notes from outside. Witnesses are few; C2SP asks for 16 signatures at least.
inline constexpr std::size_t kNoteBytesMax = 64 * 1024;
inline constexpr std::size_t kNoteSignaturesMax = 128;

struct NoteSignature {
  std::string name;  ///< whose key
  std::uint32_t key_id;
  std::string signature;  ///< without the key id; Ed25519: 64 bytes

  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct SignedNote {
  std::string text;  ///< what is signed, with its last newline
  std::vector<NoteSignature> signatures;

  [[nodiscard]] std::string encode() const;
};

/// A name of a key or a log's origin: UTF-8, not empty, no space, no '+', no control character.
[[nodiscard]] bool is_key_name(std::string_view name);

/// An Ed25519 key by which notes are verified.
struct VerifierKey {
  std::string name;
  PublicKey key{};

  /// First four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key).
  [[nodiscard]] std::uint32_t id() const;
  /// The text form "name+hex id+base64(0x01 ‖ key)".
  [[nodiscard]] std::string vkey() const;
  /// Errors: kInvalidInput, also for other kinds of key.
  [[nodiscard]] static Result<VerifierKey> parse(std::string_view vkey);
};

/// Splits a note without judging its signatures. Errors: kInvalidInput.
[[nodiscard]] Result<SignedNote> parse_note(std::string_view note);
/// At least one known key has signed it and no signature of a known key is wrong; unknown keys are ignored.
/// Errors: kInvalidInput for what is no note, kCorrupt where the signatures do not hold.
[[nodiscard]] Result<SignedNote> verify_note(std::string_view note, std::span<const VerifierKey> known);
[[nodiscard]] NoteSignature sign_text(std::string_view text, std::string_view name, const SigningKey& key);

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
  /// Three lines, the last with its newline.
  [[nodiscard]] std::string text() const;
  /// Extension lines are accepted and left out. Errors: kInvalidInput.
  [[nodiscard]] static Result<Checkpoint> parse(std::string_view text);
};

/// Signs with a key of the origin's name. `origin` must be a key name. Whoever calls keeps the promise never to sign
/// two checkpoints that contradict each other.
[[nodiscard]] SignedNote sign_checkpoint(std::string_view origin, std::uint64_t size, const Hash& root,
                                         const SigningKey& key);
/// The checkpoint in a note that holds under `key`, whose name must be the origin. Errors: as verify_note().
[[nodiscard]] Result<Checkpoint> verify_checkpoint(std::string_view note, const VerifierKey& key);

}  // namespace wissel::core
