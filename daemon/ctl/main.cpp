// wisselctl: what an operator does with Wissel from a shell.
#include <sys/ioctl.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

#include "daemon/ctl/frame.hpp"

namespace {

wissel::ctl::Terminal terminal() {
  wissel::ctl::Terminal out;
  out.in = &std::cin;
  out.in_is_terminal = ::isatty(STDIN_FILENO) == 1;
  out.progress = ::isatty(STDERR_FILENO) == 1;
  if (::isatty(STDOUT_FILENO) != 1) return out;
  winsize size{};
  out.columns = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  // https://no-color.org
  const char* no_colour = std::getenv("NO_COLOR");
  out.colour = no_colour == nullptr || *no_colour == '\0';
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto code = wissel::ctl::run(arguments, std::cout, std::cerr, terminal());
  return static_cast<int>(code);
}
