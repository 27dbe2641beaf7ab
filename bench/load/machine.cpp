#include "bench/load/machine.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <thread>
#include <unistd.h>
#include <vector>

namespace wissel::load {
namespace {

constexpr int kSyncsMax = 500;
constexpr std::chrono::seconds kSyncTimeMax{3};

std::string read_whole(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The whole numbers of a line, separated by spaces, up to the first that is none.
std::vector<std::uint64_t> numbers(std::string_view line) {
  std::vector<std::uint64_t> out;
  const char* at = line.data();
  const char* const end = at + line.size();
  while (true) {
    while (at != end && *at == ' ') ++at;
    std::uint64_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc()) return out;
    out.push_back(number);
    at = next;
  }
}

std::chrono::duration<double> seconds(std::uint64_t ticks) {
  return std::chrono::duration<double>(static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& directory) : path_((directory / "fdatasync-XXXXXX").string()) {
    descriptor_ = ::mkstemp(path_.data());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace

std::optional<std::uint64_t> ticks_of_process(std::string_view stat) {
  // proc(5): the second field is the name in brackets, which may hold anything; utime and stime are fields 14 and 15.
  const auto name_end = stat.rfind(')');
  if (name_end == stat.npos || name_end + 4 > stat.size()) return std::nullopt;
  auto rest = stat.substr(name_end + 4);  // after ") S ": field 4
  std::vector<std::int64_t> fields;
  while (!rest.empty() && fields.size() < 12) {
    const auto space = rest.find(' ');
    const auto word = rest.substr(0, space);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc()) return std::nullopt;
    fields.push_back(number);
    rest = space == rest.npos ? std::string_view{} : rest.substr(space + 1);
  }
  if (fields.size() < 12) return std::nullopt;
  return static_cast<std::uint64_t>(fields[10] + fields[11]);
}

std::optional<std::uint64_t> ticks_of_machine(std::string_view stat) {
  constexpr std::string_view kAll = "cpu ";
  if (!stat.starts_with(kAll)) return std::nullopt;
  // user nice system idle iowait irq softirq steal; guest time is in user already.
  const auto all = numbers(stat.substr(kAll.size()));
  if (all.size() < 7) return std::nullopt;
  return all[0] + all[1] + all[2] + all[5] + all[6];
}

namespace {

/// Of a process and all that descend from it.
std::optional<std::uint64_t> ticks_of_family(std::uint64_t process) {
  const auto folder = "/proc/" + std::to_string(process);
  auto ticks = ticks_of_process(read_whole(folder + "/stat"));
  if (!ticks) return std::nullopt;
  for (const auto child : numbers(read_whole(folder + "/task/" + std::to_string(process) + "/children"))) {
    *ticks += ticks_of_family(child).value_or(0);
  }
  return ticks;
}

}  // namespace

std::optional<CpuSample> sample_cpu(int daemon) {
  const auto of_daemon = ticks_of_family(static_cast<std::uint64_t>(daemon));
  const auto of_driver = ticks_of_process(read_whole("/proc/self/stat"));
  const auto of_machine = ticks_of_machine(read_whole("/proc/stat"));
  if (!of_daemon || !of_driver || !of_machine) return std::nullopt;
  return CpuSample{seconds(*of_daemon), seconds(*of_driver), seconds(*of_machine)};
}

std::optional<std::uint64_t> resident_bytes(int process) {
  const auto pages = numbers(read_whole("/proc/" + std::to_string(process) + "/statm"));
  if (pages.size() < 2) return std::nullopt;
  return pages[1] * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

unsigned processors() noexcept { return std::thread::hardware_concurrency(); }

std::expected<Histogram, std::string> measure_fdatasync(const std::filesystem::path& directory) {
  const auto failure = [&] { return std::unexpected(directory.string() + ": " + std::strerror(errno)); };
  const TemporaryFile file(directory);
  if (file.descriptor() < 0) return failure();
  std::array<char, 4096> block{};
  block.fill('x');
  Histogram out;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kSyncsMax; ++i) {
    const auto before = std::chrono::steady_clock::now();
    if (before - begin > kSyncTimeMax) break;
    if (::write(file.descriptor(), block.data(), block.size()) != static_cast<ssize_t>(block.size())) return failure();
    if (::fdatasync(file.descriptor()) != 0) return failure();
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - before;
    out.record(static_cast<std::uint64_t>(took.count()));
  }
  return out;
}

}  // namespace wissel::load
