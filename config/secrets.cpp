#include "config/secrets.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "core/crypto.hpp"

namespace wissel::config {
namespace {

using core::Errc;
using core::fail;

/// A file descriptor that closes.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path) noexcept
      // Non-blocking, so that a pipe in the place of a file does not hold up the start.
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), size_(other.size_) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  void set_size(std::size_t size) noexcept { size_ = size; }

 private:
  int fd_;
  std::size_t size_ = 0;
};

std::string why_refused(const struct stat& info, bool credential) {
  if (!S_ISREG(info.st_mode)) return "is not a file";
  if (info.st_uid != ::geteuid() && info.st_uid != 0) return "belongs to another user (allowed: the daemon's or root)";
  // systemd gives the service's user access to a credential by an ACL, whose mask shows in the place of the group's
  // mode; the directory is closed to all others.
  const mode_t open_to = credential ? S_IRWXO : (S_IRWXG | S_IRWXO);
  if ((info.st_mode & open_to) != 0) return "is open to others (allowed: mode 0600 or 0400)";
  if (info.st_size > static_cast<off_t>(kSecretBytesMax)) return "is too large for key material";
  return {};
}

core::Result<OpenFile> open_secret(const SecretLocation& location) {
  const auto path = secret_path(location);
  if (!path) return std::unexpected(path.error());
  OpenFile file(*path);
  if (file.fd() < 0) {
    return fail(Errc::kInvalidInput, path->string() + " cannot be read: " + std::generic_category().message(errno));
  }
  struct stat info{};
  if (::fstat(file.fd(), &info) != 0) {
    return fail(Errc::kInvalidInput, path->string() + " cannot be read: " + std::generic_category().message(errno));
  }
  if (const auto why = why_refused(info, location.credential); !why.empty()) {
    return fail(Errc::kInvalidInput, path->string() + " " + why);
  }
  file.set_size(static_cast<std::size_t>(info.st_size));
  return file;
}

/// Decodes straight into wiped memory: core::from_hex() would leave a copy in a string.
bool decode_hex(std::string_view hex, SecretBytes& out) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (hex.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit(hex[2 * i]);
    const int low = digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out.data()[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trim(std::string_view text) {
  const auto from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

std::optional<std::uint32_t> parse_id(std::string_view text) {
  std::uint64_t id = 0;
  if (text.empty() || text.size() > 10) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    id = id * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (id == 0 || id > 0xFFFFFFFFULL) return std::nullopt;
  return static_cast<std::uint32_t>(id);
}

core::Result<PseudonymKey> parse_pseudonym_line(std::string_view line) {
  const auto gap = line.find_first_of(" \t");
  const auto id = parse_id(line.substr(0, gap));
  if (!id || gap == std::string_view::npos) return fail(Errc::kInvalidInput, "no id from 1 to 4294967295 and a key");
  PseudonymKey key{*id, SecretBytes(core::SealingKey::kKeyLength)};
  if (!decode_hex(trim(line.substr(gap)), key.key)) return fail(Errc::kInvalidInput, "the key is not 64 hex digits");
  return key;
}

}  // namespace

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  bytes_ = std::move(other.bytes_);
  other.bytes_.clear();
  return *this;
}

SecretBytes::~SecretBytes() { wipe(); }

std::string_view SecretBytes::view() const noexcept { return core::as_view(bytes_); }

void SecretBytes::wipe() noexcept { core::wipe(std::span(bytes_)); }

std::optional<std::filesystem::path> credentials_directory() {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0') return std::nullopt;
  return std::filesystem::path(directory);
}

core::Result<std::filesystem::path> secret_path(const SecretLocation& location) {
  if (!location.credential) return std::filesystem::path(location.name);
  const auto directory = credentials_directory();
  if (!directory) {
    return fail(Errc::kInvalidInput, "credential " + location.name + ": CREDENTIALS_DIRECTORY is not set");
  }
  return *directory / location.name;
}

core::Result<void> check_secret_file(const SecretLocation& location) {
  const auto file = open_secret(location);
  if (!file) return std::unexpected(file.error());
  return {};
}

core::Result<SecretBytes> read_secret(const SecretLocation& location) {
  const auto file = open_secret(location);
  if (!file) return std::unexpected(file.error());
  SecretBytes bytes(file->size());
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto got = ::read(file->fd(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(Errc::kInvalidInput, location.name + " cannot be read to its end");
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

core::Result<std::vector<PseudonymKey>> parse_pseudonym_keys(std::string_view text) {
  std::vector<PseudonymKey> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    auto key = parse_pseudonym_line(line);
    if (!key) return std::unexpected(std::move(key).error().within("line " + std::to_string(number)));
    if (std::ranges::find(keys, key->id, &PseudonymKey::id) != keys.end()) {
      return fail(Errc::kInvalidInput, "line " + std::to_string(number) + ": this id is there already");
    }
    keys.push_back(*std::move(key));
    if (keys.size() > kPseudonymKeysMax) return fail(Errc::kInvalidInput, "more than 64 keys");
  }
  if (keys.empty()) return fail(Errc::kInvalidInput, "holds no key");
  std::ranges::sort(keys, {}, &PseudonymKey::id);
  return keys;
}

core::Result<SecretBytes> parse_hex_key(std::string_view text) {
  SecretBytes key(core::SealingKey::kKeyLength);
  if (!decode_hex(trim(text), key)) return fail(Errc::kInvalidInput, "is not 64 hex digits");
  return key;
}

}  // namespace wissel::config
