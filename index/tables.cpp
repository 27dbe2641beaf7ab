#include "index/tables.hpp"

#include <rocksdb/file_checksum.h>
#include <rocksdb/sst_file_reader.h>
#include <sys/stat.h>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <unistd.h>

#include "core/bytes.hpp"
#include "core/store.hpp"
#include "index/descriptor.hpp"
#include "index/status_text.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
using core::Errc;
using core::fail;

/// One read; at a bounded rate there is a wait after each.
constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;
constexpr std::size_t kIndexKeyBytes = 8;

std::unexpected<core::Error> system_error(const std::string& path, int error) {
  return fail(error == ENOENT ? Errc::kNotFound : Errc::kUnavailable,
              "read " + path + ": " + std::generic_category().message(error));
}

/// Keys of record and annex are log indices, which name nobody.
std::string held_indices(const rocksdb::LiveFileMetaData& file) {
  const bool of_log = file.column_family_name == core::family_name(core::Family::kRecord) ||
                      file.column_family_name == core::family_name(core::Family::kAnnex);
  if (!of_log || file.smallestkey.size() != kIndexKeyBytes || file.largestkey.size() != kIndexKeyBytes) return {};
  return "log indices " + std::to_string(core::ByteReader(file.smallestkey).u64()) + " to " +
         std::to_string(core::ByteReader(file.largestkey).u64());
}

/// Block by block, which also says where: the file and the offset.
core::Result<void> check_blocks(const std::string& path) {
  rocksdb::Options options;
  rocksdb::SstFileReader reader(options);
  auto status = reader.Open(path);
  if (status.ok()) status = reader.VerifyChecksum();
  if (status.ok()) return {};
  if (status.IsCorruption() || status.IsInvalidArgument()) return fail(Errc::kCorrupt, status_text(status));
  return fail(Errc::kUnavailable, status_text(status));
}

/// The whole file's checksum, in the form in which RocksDB keeps it.
core::Result<std::string> checksum_of(const std::string& path, const Pace& pace) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return system_error(path, errno);
  rocksdb::FileChecksumGenContext context;
  context.file_name = path;
  const auto generator = rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator(context);
  std::vector<char> piece(kPieceBytes);
  for (off_t at = 0;;) {
    const auto got = ::pread(file.get(), piece.data(), piece.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path, errno);
    if (got == 0) break;
    generator->Update(piece.data(), static_cast<std::size_t>(got));
    at += got;
    if (!pace(static_cast<std::uint64_t>(got))) return fail(Errc::kUnavailable, "the reading was ended");
  }
  // The hot path's pages stay: these are read once a period.
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  generator->Finalize();
  return generator->GetChecksum();
}

}  // namespace

std::vector<TableFile> live_tables(rocksdb::DB& db) {
  std::vector<rocksdb::LiveFileMetaData> files;
  db.GetLiveFilesMetaData(&files);
  std::vector<TableFile> out;
  for (const auto& file : files) {
    TableFile table;
    table.name = fs::path(file.name).filename().string();
    table.family = file.column_family_name;
    table.bytes = file.size;
    if (file.file_checksum_func_name == rocksdb::kStandardDbFileChecksumFuncName) table.checksum = file.file_checksum;
    table.holds = held_indices(file);
    out.push_back(std::move(table));
  }
  return out;
}

core::Result<void> check_table(const std::string& dir, const TableFile& table, const Pace& pace) {
  const auto path = (fs::path(dir) / table.name).string();
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return system_error(path, errno);
  const auto bytes = static_cast<std::uint64_t>(found.st_size);
  if (table.bytes != 0 && bytes != table.bytes) {
    return fail(Errc::kCorrupt,
                "it has " + std::to_string(bytes) + " bytes and should have " + std::to_string(table.bytes));
  }
  if (table.checksum.empty()) {
    auto checked = check_blocks(path);
    if (checked && !pace(bytes)) return fail(Errc::kUnavailable, "the reading was ended");
    return checked;
  }
  const auto sum = checksum_of(path, pace);
  if (!sum) return std::unexpected(sum.error());
  if (*sum == table.checksum) return {};
  const auto where = check_blocks(path);
  return fail(Errc::kCorrupt, where ? "its checksum differs, outside of its blocks" : where.error().detail);
}

std::string describe(const TableFile& table) {
  auto text = "table " + table.name;
  if (!table.family.empty()) text += " of family " + table.family;
  if (!table.holds.empty()) text += " (" + table.holds + ")";
  return text;
}

}  // namespace wissel::index
