#include "bench/load/network.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>

namespace wissel::load {
namespace {

// A file of ten million persons is 140 MB; above this the path is a mistake.
constexpr std::uintmax_t kFileBytesMax = 1024ULL * 1024 * 1024;

std::expected<std::string, std::string> read_file(const std::filesystem::path& path) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  if (failure) return std::unexpected(path.string() + ": " + failure.message());
  if (size > kFileBytesMax) return std::unexpected(path.string() + ": larger than 1 GiB");
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::unexpected(path.string() + ": cannot be read");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// Takes the first line off `text`, without its line end.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view column(std::string_view row, std::size_t number) {
  for (; number > 0; --number) {
    const auto comma = row.find(',');
    if (comma == row.npos) return {};
    row.remove_prefix(comma + 1);
  }
  return row.substr(0, row.find(','));
}

bool is_bsn(std::string_view text) {
  return text.size() == 9 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

using Variables = std::map<std::string, std::string, std::less<>>;

std::expected<void, std::string> take(const Variables& from, const std::string& name, std::string& to) {
  const auto at = from.find(name);
  if (at == from.end() || at->second.empty()) return std::unexpected("env: " + name + " is missing");
  to = at->second;
  return {};
}

/// https://host:port, as testnet writes it.
std::expected<void, std::string> split_url(std::string_view url, Network& out) {
  constexpr std::string_view kScheme = "https://";
  const auto colon = url.rfind(':');
  if (!url.starts_with(kScheme) || colon == url.npos || colon <= kScheme.size()) {
    return std::unexpected("env: WISSEL_URL is not https://host:port");
  }
  out.host = url.substr(kScheme.size(), colon - kScheme.size());
  out.port = url.substr(colon + 1);
  return {};
}

}  // namespace

std::expected<Network, std::string> parse_network(std::string_view env) {
  Variables variables;
  while (!env.empty()) {
    const auto line = take_line(env);
    const auto equals = line.find('=');
    if (equals != line.npos) variables.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  Network network;
  std::string url;
  std::string pid;
  for (const auto& [name, to] : {std::pair{"WISSEL_URL", &url}, std::pair{"WISSEL_CA", &network.ca},
                                 std::pair{"WISSEL_PID", &pid}, std::pair{"UITWISSELAFSPRAAK", &network.agreement}}) {
    if (auto taken = take(variables, name, *to); !taken) return std::unexpected(taken.error());
  }
  if (auto split = split_url(url, network); !split) return std::unexpected(split.error());
  const auto [end, error] = std::from_chars(pid.data(), pid.data() + pid.size(), network.daemon);
  if (error != std::errc() || end != pid.data() + pid.size()) return std::unexpected("env: WISSEL_PID is no number");
  for (int i = 1; variables.contains("P" + std::to_string(i) + "_OIN"); ++i) {
    const std::string prefix = "P" + std::to_string(i) + "_";
    auto& partner = network.partners.emplace_back();
    for (const auto& [name, to] :
         {std::pair{"OIN", &partner.oin}, std::pair{"CERT", &partner.certificate}, std::pair{"KEY", &partner.key}}) {
      if (auto taken = take(variables, prefix + name, *to); !taken) return std::unexpected(taken.error());
    }
  }
  if (network.partners.empty()) return std::unexpected("env: no partner (P1_OIN)");
  return network;
}

std::expected<Network, std::string> read_network(const std::filesystem::path& directory) {
  const auto text = read_file(directory / "env");
  if (!text) return std::unexpected(text.error());
  return parse_network(*text);
}

std::expected<std::vector<std::string>, std::string> parse_persons(std::string_view csv) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (csv.starts_with(kByteOrderMark)) csv.remove_prefix(kByteOrderMark.size());
  const auto header = take_line(csv);
  const auto columns = static_cast<std::size_t>(std::ranges::count(header, ',')) + 1;
  std::size_t at = 0;
  while (at < columns && column(header, at) != "bsn") ++at;
  if (at == columns) return std::unexpected("no column 'bsn'");
  std::vector<std::string> persons;
  for (std::size_t number = 2; !csv.empty(); ++number) {
    const auto bsn = column(take_line(csv), at);
    if (bsn.empty()) continue;
    // The value itself is not repeated: even here it may be somebody's.
    if (!is_bsn(bsn)) return std::unexpected("line " + std::to_string(number) + ": bsn is not nine digits");
    persons.emplace_back(bsn);
  }
  if (persons.empty()) return std::unexpected("no persons");
  return persons;
}

std::expected<std::vector<std::string>, std::string> read_persons(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  auto persons = parse_persons(*text);
  if (!persons) return std::unexpected(file.string() + ": " + persons.error());
  return persons;
}

}  // namespace wissel::load
