// wisseld: reads its configuration, builds the daemon, serves until it is told to stop.
#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>

#include "config/load.hpp"
#include "daemon/daemon.hpp"

namespace {

int serve(const std::string& file) {
  auto settings = wissel::config::load_settings(file);
  if (!settings) {
    for (const auto& fault : settings.error()) std::cerr << wissel::config::to_string(fault) << '\n';
    return 1;
  }
  auto daemon = wissel::daemon::Daemon::start(file, std::move(*settings));
  if (!daemon) {
    std::cerr << "wisseld: " << daemon.error().detail << '\n';
    return 1;
  }
  return (*daemon)->run();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("wisseld: the gateway that exchanges case status between organisations", "wisseld");
  app.footer(
      "Example: wisseld --config /etc/wissel/wissel.yaml\nCheck a configuration with: wisselctl check-config FILE");
  std::string file = "/etc/wissel/wissel.yaml";
  bool routes = false;
  app.add_option("--config", file, "configuration file")->capture_default_str();
  app.add_flag("--print-routes", routes, "list the operations under /v1 and end");
  app.set_version_flag("--version", std::string("wisseld ") + WISSEL_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    if (!routes) return serve(file);
    for (const auto& operation : wissel::daemon::operations()) std::cout << operation << '\n';
    return 0;
  } catch (const std::exception& failure) {
    std::cerr << "wisseld: " << failure.what() << '\n';
    return 1;
  }
}
