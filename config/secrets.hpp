#pragma once
// Key material: files or systemd credentials, refused when open to others, wiped from memory after use. No message
// here holds any of the content.
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/fault.hpp"
#include "config/settings.hpp"
#include "core/result.hpp"

namespace wissel::config {

inline constexpr std::size_t kSecretBytesMax = std::size_t{64} * 1024;  ///< of one file
inline constexpr std::size_t kPseudonymKeysMax = 64;                    ///< a look-up tries each of them

/// Bytes that are overwritten at their end. Moves leave nothing behind; there are no copies.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  [[nodiscard]] std::string_view view() const noexcept;
  [[nodiscard]] std::uint8_t* data() noexcept { return bytes_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }

 private:
  void wipe() noexcept;

  std::vector<std::uint8_t> bytes_;
};

struct PseudonymKey {
  std::uint32_t id = 0;
  SecretBytes key;  ///< 32 bytes
};

/// All key material but the TLS keys, which the transport reads with read_secret() at each reload.
struct Secrets {
  SecretBytes signing_key_pem;               ///< Ed25519, PKCS#8; checked to be one
  std::vector<PseudonymKey> pseudonym_keys;  ///< by id, rising: the last is the newest; at least one
  SecretBytes sealing_key;                   ///< 32 bytes
  SecretBytes body_key;                      ///< 32 bytes
};

/// $CREDENTIALS_DIRECTORY, where systemd (LoadCredential=) puts them.
[[nodiscard]] std::optional<std::filesystem::path> credentials_directory();

/// Where the location lies. Errors: kInvalidInput for a credential without $CREDENTIALS_DIRECTORY.
[[nodiscard]] core::Result<std::filesystem::path> secret_path(const SecretLocation& location);

/// Reads the whole file. Refuses what is not a regular file, larger than kSecretBytesMax, owned by another than us or
/// root, or readable by group or others. Blocks on the disk. Errors: kInvalidInput, with the path.
[[nodiscard]] core::Result<SecretBytes> read_secret(const SecretLocation& location);
/// The same checks without reading.
[[nodiscard]] core::Result<void> check_secret_file(const SecretLocation& location);

/// Text: one `<id 1..4294967295> <64 hex digits>` a line, '#' comments. Errors: kInvalidInput, with the line.
[[nodiscard]] core::Result<std::vector<PseudonymKey>> parse_pseudonym_keys(std::string_view text);
/// 64 hex digits, white space around them ignored. Errors: kInvalidInput.
[[nodiscard]] core::Result<SecretBytes> parse_hex_key(std::string_view text);

/// Reads all of Secrets; each fault points at its key in the configuration.
[[nodiscard]] std::expected<Secrets, ConfigFaults> load_secrets(const Settings& settings);

}  // namespace wissel::config
