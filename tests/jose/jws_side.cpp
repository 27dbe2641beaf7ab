// Our side of the comparison with the npm package jose: one task from standard input, as JSON, its answer on standard
// output.
//   {"do": "sign", "pem", "kid", "payload"}    → {"jws"}
//   {"do": "verify", "keys", "jws", "payload"} → {"kid", "afdruk"} or {"code"}
//   {"do": "publish", "pem", "kid"}            → a JWK Set
#include <boost/json.hpp>

#include <iostream>
#include <iterator>
#include <string>

#include "core/json/parse.hpp"
#include "core/signing/jwk.hpp"
#include "core/signing/jws.hpp"

namespace {

namespace core = wissel::core;
namespace json = boost::json;

std::string text(const json::object& task, std::string_view name) { return std::string(task.at(name).as_string()); }

json::object sign(const json::object& task) {
  const auto key = core::JwsPrivateKey::from_pem(text(task, "pem"));
  if (!key) throw std::runtime_error(key.error().detail);
  return {{"jws", core::sign_detached(text(task, "payload"), *key, text(task, "kid"))}};
}

json::object verify(const json::object& task) {
  core::Faults faults;
  const auto keys = core::read_jwk_set(task.at("keys"), "", faults);
  if (!faults.empty()) throw std::runtime_error(faults.list().front().name + " " + faults.list().front().reason);
  const auto by = core::verify_detached(text(task, "jws"), text(task, "payload"), keys);
  if (!by) return {{"code", core::info(by.error().code).text}};
  return {{"kid", by->kid}, {"afdruk", by->afdruk}};
}

json::object publish(const json::object& task) {
  auto key = core::public_key_of_pem(text(task, "pem"));
  if (!key) throw std::runtime_error(key.error().detail);
  const core::SigningKeyPublic published = core::published(text(task, "kid"), std::move(*key));
  return core::to_jwk_set({&published, 1});
}

}  // namespace

int main() try {
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  const auto parsed = core::parse_json(input);
  if (!parsed) throw std::runtime_error("no JSON");
  const auto& task = parsed->as_object();
  const auto what = text(task, "do");
  const auto answer = what == "sign" ? sign(task) : what == "verify" ? verify(task) : publish(task);
  std::cout << json::serialize(answer) << '\n';
  return 0;
} catch (const std::exception& failure) {
  std::cerr << "jws_side: " << failure.what() << '\n';
  return 1;
}
