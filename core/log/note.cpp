#include "core/log/note.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <optional>
#include <utility>

#include "core/identity/text.hpp"

namespace wissel::core {

namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr char kEd25519 = '\x01';

/// Stricter nowhere than C2SP signed-note: UTF-8, and no control character below the space but the newline.
bool is_note_text(std::string_view text) {
  const auto forbidden = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
  return utf8_length(text).has_value() && std::ranges::none_of(text, forbidden);
}

/// Takes a line without its newline from the front; nothing when no newline is left.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kDash)) return std::nullopt;
  line.remove_prefix(kDash.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) return std::nullopt;
  const auto blob = from_base64(line.substr(space + 1));
  if (!blob || blob->size() < 5) return std::nullopt;
  ByteReader reader(*blob);
  const auto id = reader.u32();
  return NoteSignature{std::string(line.substr(0, space)), id, std::string(reader.rest())};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return size;
}

}  // namespace

bool is_key_name(std::string_view name) {
  // White space beyond ASCII: U+0085, U+00A0, U+1680, U+2000–U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
  constexpr std::string_view kSpaces[] = {"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xa8",
                                          "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};
  if (name.empty() || !is_note_text(name)) return false;
  if (std::ranges::any_of(name, [](char c) { return c == ' ' || c == '+' || c == '\n' || c == '\x7f'; })) return false;
  if (std::ranges::any_of(kSpaces, [&](auto space) { return name.find(space) != std::string_view::npos; }))
    return false;
  for (char last = '\x80'; last <= '\x8a'; ++last) {
    if (name.find(std::string("\xe2\x80") + last) != std::string_view::npos) return false;
  }
  return true;
}

std::string SignedNote::encode() const {
  std::string out = text + "\n";
  for (const auto& each : signatures) {
    std::string blob;
    append_u32(blob, each.key_id);
    blob += each.signature;
    out += std::string(kDash) + each.name + " " + to_base64(as_bytes(blob)) + "\n";
  }
  return out;
}

std::uint32_t VerifierKey::id() const {
  const Hash hash = sha256({name, "\n\x01", as_view(key)});
  return ByteReader(as_view(hash)).u32();
}

std::string VerifierKey::vkey() const {
  std::string number;
  append_u32(number, id());
  std::string blob(1, kEd25519);
  blob += as_view(key);
  return name + "+" + to_hex(as_bytes(number)) + "+" + to_base64(as_bytes(blob));
}

Result<VerifierKey> VerifierKey::parse(std::string_view vkey) {
  // Base64 may hold a '+' itself, so the first two are the separators.
  const auto first = vkey.find('+');
  const auto second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) return fail(Errc::kInvalidInput, "a verifier key has three parts: name+id+key");
  const auto blob = from_base64(vkey.substr(second + 1));
  if (!blob || blob->size() != 33 || blob->front() != kEd25519) {
    return fail(Errc::kInvalidInput, "not the verifier key of an Ed25519 key");
  }
  VerifierKey made;
  made.name = vkey.substr(0, first);
  made.key = ByteReader(std::string_view(*blob).substr(1)).array<32>();
  if (!is_key_name(made.name)) return fail(Errc::kInvalidInput, "a verifier key's name is empty or holds a space");
  if (made.vkey() != vkey) return fail(Errc::kInvalidInput, "a verifier key's id does not fit its name and key");
  return made;
}

Result<SignedNote> parse_note(std::string_view note) {
  if (note.size() > kNoteBytesMax) return fail(Errc::kInvalidInput, "a note above its bound in bytes");
  if (!is_note_text(note)) return fail(Errc::kInvalidInput, "a note is UTF-8 without control characters");
  const auto border = note.rfind("\n\n");
  if (border == std::string_view::npos) return fail(Errc::kInvalidInput, "a note without an empty line");
  SignedNote parsed{std::string(note.substr(0, border + 1)), {}};
  auto rest = note.substr(border + 2);
  while (!rest.empty()) {
    const auto line = take_line(rest);
    auto signature = line ? parse_signature(*line) : std::nullopt;
    if (!signature) return fail(Errc::kInvalidInput, "a malformed signature line");
    if (parsed.signatures.size() == kNoteSignaturesMax) return fail(Errc::kInvalidInput, "too many signatures");
    parsed.signatures.push_back(*std::move(signature));
  }
  if (parsed.signatures.empty()) return fail(Errc::kInvalidInput, "a note without a signature");
  return parsed;
}

Result<SignedNote> verify_note(std::string_view note, std::span<const VerifierKey> known) {
  auto parsed = parse_note(note);
  if (!parsed) return parsed;
  bool signed_by_known = false;
  for (const auto& each : parsed->signatures) {
    const auto fits = [&](const VerifierKey& key) { return key.name == each.name && key.id() == each.key_id; };
    const auto key = std::ranges::find_if(known, fits);
    if (key == known.end()) continue;
    if (!verify_ed25519(key->key, parsed->text, each.signature)) {
      return fail(Errc::kCorrupt, "a signature of a known key does not hold");
    }
    signed_by_known = true;
  }
  if (!signed_by_known) return fail(Errc::kCorrupt, "no known key has signed the note");
  return parsed;
}

NoteSignature sign_text(std::string_view text, std::string_view name, const SigningKey& key) {
  assert(is_key_name(name) && text.ends_with('\n'));
  const VerifierKey verifier{std::string(name), key.public_key()};
  return {verifier.name, verifier.id(), key.sign(text)};
}

std::string Checkpoint::text() const { return origin + "\n" + std::to_string(size) + "\n" + to_base64(root) + "\n"; }

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
  const auto origin = take_line(text);
  const auto size = take_line(text);
  const auto root = take_line(text);
  if (!root || !is_key_name(*origin)) return fail(Errc::kInvalidInput, "a checkpoint has an origin, a size and a root");
  const auto number = parse_size(*size);
  const auto hash = from_base64(*root);
  if (!number || !hash || hash->size() != sizeof(Hash)) {
    return fail(Errc::kInvalidInput, "a checkpoint with a malformed size or root");
  }
  while (!text.empty()) {
    const auto extension = take_line(text);
    if (!extension || extension->empty()) return fail(Errc::kInvalidInput, "a malformed extension line");
  }
  return Checkpoint{std::string(*origin), *number, ByteReader(*hash).array<sizeof(Hash)>()};
}

SignedNote sign_checkpoint(std::string_view origin, std::uint64_t size, const Hash& root, const SigningKey& key) {
  SignedNote note{Checkpoint{std::string(origin), size, root}.text(), {}};
  note.signatures.push_back(sign_text(note.text, origin, key));
  return note;
}

Result<Checkpoint> verify_checkpoint(std::string_view note, const VerifierKey& key) {
  auto verified = verify_note(note, {&key, 1});
  if (!verified) return std::unexpected(std::move(verified).error());
  auto checkpoint = Checkpoint::parse(verified->text);
  if (checkpoint && checkpoint->origin != key.name) {
    return fail(Errc::kCorrupt, "the checkpoint's origin is not the name of its key");
  }
  return checkpoint;
}

}  // namespace wissel::core
