#include "daemon/ctl/input.hpp"

#include <boost/json.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <ostream>

#include "config/yaml_tree.hpp"
#include "daemon/ctl/ended.hpp"

namespace wissel::ctl {
namespace {

std::string whole(std::istream& in, const std::string& name) {
  std::string out(config::kYamlBytesMax + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) unreachable(name + ": cannot be read");
  if (out.size() > config::kYamlBytesMax) usage(name + " is larger than 256 KiB");
  return out;
}

}  // namespace

std::string read_input(const std::string& file, Io& io) {
  if (file == "-") {
    if (io.terminal.in == nullptr) unreachable("there is no standard input");
    return whole(*io.terminal.in, "standard input");
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) unreachable(file + ": " + std::strerror(errno));
  return whole(in, file);
}

bool confirmed(const std::string& question, Io& io) {
  if (!io.terminal.in_is_terminal || io.terminal.in == nullptr) usage("nobody can be asked: say --yes");
  io.err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(*io.terminal.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

void refuse_file(const config::ConfigFaults& faults) {
  std::string text = "the file is not in order";
  boost::json::array list;
  for (const auto& fault : faults) {
    text += "\n" + to_string(fault);
    list.push_back(boost::json::object{{"file", fault.file},
                                       {"line", fault.line},
                                       {"column", fault.column},
                                       {"what", fault.what},
                                       {"allowed", fault.allowed}});
  }
  throw Ended(ExitCode::kFoundWrong, text, boost::json::serialize(boost::json::object{{"faults", std::move(list)}}));
}

}  // namespace wissel::ctl
