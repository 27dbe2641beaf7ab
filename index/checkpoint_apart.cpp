#include "index/checkpoint_apart.hpp"

#include <boost/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include "core/crypto.hpp"
#include "core/failpoint.hpp"
#include "core/log/note.hpp"
#include "index/files.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using core::Errc;
using core::fail;

constexpr std::size_t kAcceptedBytesMax = std::size_t{16} * 1024;
constexpr std::string_view kTemporary = ".new";
/// As many hexadecimal digits of a SHA-256 as make a name of what was given up.
constexpr std::size_t kNameDigits = 12;

core::Result<std::optional<std::string>> read_if_there(const fs::path& path, std::size_t bytes_max) {
  auto text = read_file(path.string(), bytes_max);
  if (text) return std::optional(std::move(*text));
  if (text.error().code == Errc::kNotFound) return std::optional<std::string>();
  return std::unexpected(std::move(text).error());
}

/// What root makes in the daemon's directory is the daemon's: wisselctl often runs as root.
void give_to_owner(const fs::path& dir, const fs::path& file) {
  struct stat owner{};
  if (::geteuid() != 0 || ::stat(dir.c_str(), &owner) != 0) return;
  [[maybe_unused]] const int given = ::lchown(file.c_str(), owner.st_uid, owner.st_gid);  // seen when it is read
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(std::string_view(value->get_string())) : std::string();
}

std::optional<AcceptedCopy> decode_accepted(const std::string& text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return std::nullopt;
  const auto& object = value.get_object();
  AcceptedCopy out;
  out.kept_sha256 = text_of(object, "kept_sha256");
  out.by = text_of(object, "by");
  const auto root = core::from_hex(text_of(object, "root"));
  const auto at = core::parse_rfc3339(text_of(object, "at"));
  const auto* size = object.if_contains("size");
  if (!root || root->size() != out.from.root.size() || !at || size == nullptr) return std::nullopt;
  std::ranges::copy(*root, out.from.root.begin());
  out.from.size = size->to_number<std::uint64_t>(error);
  out.at = *at;
  return error ? std::nullopt : std::optional(out);
}

std::string encode_accepted(const AcceptedCopy& accepted) {
  return json::serialize(json::object{{"kept_sha256", accepted.kept_sha256},
                                      {"size", accepted.from.size},
                                      {"root", core::to_hex(accepted.from.root)},
                                      {"at", core::format_rfc3339(accepted.at)},
                                      {"by", accepted.by}}) +
         "\n";
}

}  // namespace

std::string default_checkpoint_dir(const std::string& data_dir) {
  // "/var/lib/wissel/" and "/var/lib/wissel" are one directory.
  auto path = fs::path(data_dir).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();
  return path.string() + "-checkpoint";
}

std::string note_sha256(std::string_view note) { return core::to_hex(core::sha256({note})); }

core::Result<CheckpointApart> CheckpointApart::open(const std::string& dir) {
  std::error_code error;
  const bool created = fs::create_directories(dir, error);
  if (created) fs::permissions(dir, fs::perms::owner_all, error);
  if (error) {
    return fail(Errc::kUnavailable, "the newest checkpoint is kept in " + dir +
                                        ", which cannot be made: " + error.message() +
                                        "; make it for the daemon's user, or name another with log.checkpoint_dir");
  }
  auto lock = DirLock::exclusive(dir);
  if (!lock) return std::unexpected(std::move(lock).error());
  give_to_owner(dir, fs::path(dir) / kPidFile);
  return CheckpointApart(dir, std::move(*lock));
}

std::string kept_note_path(const std::string& dir) { return (fs::path(dir) / kCheckpointFile).string(); }

std::string CheckpointApart::path() const { return kept_note_path(dir_); }

core::Result<std::optional<std::string>> CheckpointApart::note() const { return read_kept_note(dir_); }

core::Result<std::optional<std::string>> read_kept_note(const std::string& dir) {
  return read_if_there(kept_note_path(dir), core::kNoteBytesMax);
}

core::Result<void> CheckpointApart::replace(std::string_view name, std::string_view content) const {
  const auto target = fs::path(dir_) / name;
  const auto making = target.string() + std::string(kTemporary);
  std::error_code error;
  fs::remove(making, error);  // of an end in the middle
  if (auto written = write_new_file(making, content); !written) return written;
  give_to_owner(dir_, making);
  WISSEL_FAILPOINT("mid-keep");
  fs::rename(making, target, error);
  if (error) return fail(Errc::kUnavailable, "rename " + making + ": " + error.message());
  return sync_path(dir_);
}

core::Result<void> CheckpointApart::keep(std::string_view note) { return replace(kCheckpointFile, note); }

core::Result<std::optional<AcceptedCopy>> CheckpointApart::accepted() const {
  const auto file = fs::path(dir_) / kAcceptedFile;
  auto text = read_if_there(file, kAcceptedBytesMax);
  if (!text) return std::unexpected(std::move(text).error());
  if (!*text) return std::optional<AcceptedCopy>();
  auto accepted = decode_accepted(**text);
  if (!accepted) {
    return fail(Errc::kCorrupt, file.string() + " is not what 'wisselctl log accept-older' writes; remove it");
  }
  return accepted;
}

core::Result<void> CheckpointApart::accept(const AcceptedCopy& accepted) {
  return replace(kAcceptedFile, encode_accepted(accepted));
}

core::Result<void> CheckpointApart::settle(std::string_view note) {
  auto given_up = this->note();
  if (!given_up) return std::unexpected(std::move(given_up).error());
  if (*given_up) {
    const auto name = "given-up-" + note_sha256(**given_up).substr(0, kNameDigits);
    if (auto kept = replace(name, **given_up); !kept) return kept;
  }
  if (auto kept = keep(note); !kept) return kept;
  std::error_code error;
  fs::remove(fs::path(dir_) / kAcceptedFile, error);
  if (error) return fail(Errc::kUnavailable, "remove " + std::string(kAcceptedFile) + ": " + error.message());
  return sync_path(dir_);
}

}  // namespace wissel::index
