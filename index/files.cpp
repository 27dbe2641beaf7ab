#include "index/files.hpp"

#include <openssl/evp.h>

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <span>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "index/descriptor.hpp"

namespace wissel::index {
namespace {

using core::Errc;
using core::fail;

constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;

std::unexpected<core::Error> failed(std::string_view doing, const std::string& path, int error) {
  const auto code = error == ENOENT ? Errc::kNotFound : Errc::kUnavailable;
  return fail(code, std::string(doing) + " " + path + ": " + std::generic_category().message(error));
}

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
      throw std::runtime_error("libcrypto has no SHA-256");
    }
  }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  [[nodiscard]] std::string hex() {
    core::Hash hash{};
    EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr);
    return core::to_hex(hash);
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

core::Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// Hands each piece of the file to `use`, which may refuse.
core::Result<void> each_piece(const std::string& path, const std::function<core::Result<void>(std::string_view)>& use) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed("open", path, errno);
  std::vector<char> piece(kPieceBytes);
  while (true) {
    const auto got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path, errno);
    if (got == 0) return {};
    if (auto used = use({piece.data(), static_cast<std::size_t>(got)}); !used) return used;
  }
}

core::Result<void> sync_descriptor(int fd, const std::string& path) {
  if (::fsync(fd) != 0) return failed("fsync", path, errno);
  return {};
}

}  // namespace

core::Result<std::string> hash_file(const std::string& path, const BytesSeen& seen) {
  Sha256 hash;
  auto read = each_piece(path, [&](std::string_view piece) -> core::Result<void> {
    hash.add(piece);
    if (seen) seen(piece.size());
    return {};
  });
  if (!read) return std::unexpected(read.error());
  return hash.hex();
}

core::Result<std::string> copy_file(const std::string& from, const std::string& to, const BytesSeen& seen) {
  const Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.get() < 0) return failed("create", to, errno);
  Sha256 hash;
  auto copied = each_piece(from, [&](std::string_view piece) -> core::Result<void> {
    hash.add(piece);
    if (auto written = write_all(out.get(), piece, to); !written) return written;
    if (seen) seen(piece.size());
    return {};
  });
  if (copied) copied = sync_descriptor(out.get(), to);
  if (!copied) return std::unexpected(copied.error());
  return hash.hex();
}

core::Result<void> write_new_file(const std::string& path, std::string_view content) {
  const Descriptor out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.get() < 0) return failed("create", path, errno);
  if (auto written = write_all(out.get(), content, path); !written) return written;
  return sync_descriptor(out.get(), path);
}

core::Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  std::string content;
  auto read = each_piece(path, [&](std::string_view piece) -> core::Result<void> {
    if (content.size() + piece.size() > bytes_max) {
      return fail(Errc::kCorrupt, path + " is larger than " + std::to_string(bytes_max) + " bytes");
    }
    content += piece;
    return {};
  });
  if (!read) return std::unexpected(read.error());
  return content;
}

core::Result<void> sync_path(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed("open", path, errno);
  return sync_descriptor(file.get(), path);
}

}  // namespace wissel::index
