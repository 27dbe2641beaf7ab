// wissel-partner: a sample organisation, holder and webhook over mTLS, that can be told to misbehave.
#include <CLI/CLI.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <fstream>
#include <functional>
#include <iostream>
#include <unistd.h>

#include "tests/partner/control.hpp"
#include "tests/partner/holder.hpp"

namespace {

namespace asio = boost::asio;
namespace partner = wissel::partner;
using asio::ip::tcp;
using Serve = std::function<asio::awaitable<void>(tcp::socket)>;

struct Options {
  partner::Identity own;
  partner::Identity other;
  std::filesystem::path ca;
  std::filesystem::path deliveries = "ontvangen.ndjson";
  std::filesystem::path ready_file;
  std::uint16_t port = 0;
  std::uint16_t control_port = 0;
};

void report(const std::exception_ptr& failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    std::cerr << "wissel-partner: connection: " << error.what() << '\n';
  }
}

// `serve` makes a coroutine for one connection; it outlives the loop.
asio::awaitable<void> accept(tcp::acceptor& acceptor, const Serve& serve) {
  constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(kTuple);
    if (!error) {
      asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), report);
      continue;
    }
    // Out of descriptors, mostly: they come back when connections end.
    std::cerr << "wissel-partner: accept: " << error.message() << '\n';
    asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(100));
    co_await pause.async_wait(kTuple);
  }
}

// Written beside and renamed: who sees the file sees all of it.
void tell_ready(const std::filesystem::path& file, std::uint16_t port, std::uint16_t control_port) {
  auto beside = file;
  beside += ".new";
  std::ofstream(beside) << R"({"pid": )" << ::getpid() << R"(, "port": )" << port << R"(, "control": )" << control_port
                        << "}\n";
  std::filesystem::rename(beside, file);
}

int run(const Options& options) {
  partner::Dossier dossier;
  partner::Behaviours behaviours;
  partner::DeliveryLog deliveries(options.deliveries);
  partner::Holder::Contexts contexts{partner::server_context(options.own, options.ca), std::nullopt};
  if (!options.other.certificate.empty()) contexts.other = partner::server_context(options.other, options.ca);
  partner::Holder holder(std::move(contexts), dossier, behaviours, deliveries);
  partner::Control control(dossier, behaviours, [&holder] { holder.drop_connections(); });
  asio::io_context io(1);  // last, so first to go: the frames of connections refer to what stands above

  const auto loopback = asio::ip::address_v4::loopback();
  tcp::acceptor partners(io, {loopback, options.port});
  tcp::acceptor operators(io, {loopback, options.control_port});
  const Serve serve_partner = [&holder](tcp::socket socket) { return holder.serve(std::move(socket)); };
  const Serve serve_control = [&control](tcp::socket socket) { return control.serve(std::move(socket)); };
  asio::co_spawn(io, accept(partners, serve_partner), report);
  asio::co_spawn(io, accept(operators, serve_control), report);

  asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&io](boost::system::error_code, int) { io.stop(); });
  const auto port = partners.local_endpoint().port();
  const auto control_port = operators.local_endpoint().port();
  std::cout << "wissel-partner: https://127.0.0.1:" << port << ", control http://127.0.0.1:" << control_port
            << std::endl;
  if (!options.ready_file.empty()) tell_ready(options.ready_file, port, control_port);
  io.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A sample partner of Wissel: a holder and webhook over mTLS, on loopback, that can misbehave.");
  Options options;
  app.add_option("--cert", options.own.certificate, "its certificate (PEM)")->required();
  app.add_option("--key", options.own.key, "its private key (PEM)")->required();
  app.add_option("--ca", options.ca, "who signed the certificates of its clients (PEM)")->required();
  auto* other = app.add_option("--other-cert", options.other.certificate,
                               "another organisation's certificate, for the behaviour 'certificaat'");
  auto* other_key = app.add_option("--other-key", options.other.key, "the key of --other-cert");
  other->needs(other_key);
  other_key->needs(other);
  app.add_option("--port", options.port, "port for mTLS; 0 (default) takes a free one");
  app.add_option("--control-port", options.control_port, "port for control, plain HTTP; 0 (default) takes a free one");
  app.add_option("--deliveries", options.deliveries, "file to which each delivery is added as a line of JSON");
  app.add_option("--ready-file", options.ready_file, "written with process id and ports once it listens");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::cerr << "wissel-partner: " << error.what() << '\n';
    return 1;
  }
}
