// wisselctl: what an operator does with Wissel from a shell.
#include <iostream>
#include <string>
#include <vector>

#include "daemon/ctl/frame.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto code = wissel::ctl::run(arguments, std::cout, std::cerr);
  return static_cast<int>(code);
}
