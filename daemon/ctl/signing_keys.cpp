// wisselctl participant keys OIN, participant publish-keys OIN FILE..., agreement keygen FILE
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "core/crypto.hpp"
#include "core/json/parse.hpp"
#include "core/signing/jwk.hpp"
#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/input.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/secret_file.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;
using Keys = std::vector<core::SigningKeyPublic>;

std::string path_of(const std::string& oin) { return "/v1/deelnemers/" + url_encoded(oin) + "/ondertekensleutels"; }

Keys keys_of(const json::value& set, const std::string& where) {
  core::Faults faults;
  auto keys = core::read_jwk_set(set, "", faults);
  if (faults.empty()) return keys;
  const auto& first = faults.list().front();
  wrong(where + ": " + first.name + " " + first.reason);
}

void print_keys(const Keys& keys, Io& io) {
  if (io.json) {
    io.out << json::serialize(core::to_jwk_set(keys)) << '\n';
    return;
  }
  Table table({"KID", "ALG", "THUMBPRINT"});
  for (const auto& key : keys) {
    table.add({printable(key.kid), std::string(core::jose_name(key.key.algorithm)), key.afdruk});
  }
  table.print(io.out, io.terminal);
}

class ParticipantKeys final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("OIN", oin_, "Of the participant")->required();
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    print_keys(keys_of(ApiClient(target_).get(path_of(oin_)).json(), "the answer"), io);
    return ExitCode::kDone;
  }

 private:
  std::string oin_;
  ApiTarget target_;
};

/// What of a JWK may be sent: the members that make its public half, and its name. A private one loses the rest here.
json::object public_half(const json::object& jwk) {
  json::object out;
  for (const auto* name : {"kty", "crv", "x", "y", "kid"}) {
    if (const auto* found = jwk.if_contains(name)) out[name] = *found;
  }
  return out;
}

/// A JWK without a kid gets its thumbprint; whether it is a key at all is read_jwk_set()'s to say.
void name_key(json::object& jwk) {
  if (jwk.contains("kid")) return;
  jwk["kid"] = "-";
  core::Faults faults;
  const auto read = core::read_jwk_set(json::object{{"keys", json::array{jwk}}}, "", faults);
  if (!read.empty()) jwk["kid"] = read.front().afdruk;
}

Keys keys_in_json(std::string_view text, const std::string& file) {
  const auto parsed = core::parse_json(text);
  if (!parsed || !parsed->is_object()) wrong(file + ": neither PEM nor a JWK");
  const auto& object = parsed->get_object();
  const auto* const list = object.if_contains("keys");
  json::array given;
  if (list == nullptr) {
    given.push_back(public_half(object));
  } else if (const auto* const rows = list->if_array()) {
    for (const auto& row : *rows) given.push_back(row.is_object() ? json::value(public_half(row.get_object())) : row);
  } else {
    wrong(file + ": /keys is not a list");
  }
  for (auto& one : given) {
    if (one.is_object()) name_key(one.get_object());
  }
  return keys_of(json::object{{"keys", std::move(given)}}, file);
}

/// The public keys in a file, PEM or JSON, whatever else it holds.
Keys keys_in(const std::string& file, Io& io) {
  auto text = read_input(file, io);
  Keys out;
  if (text.find("-----BEGIN") == std::string::npos) {
    out = keys_in_json(text, file);
  } else {
    auto key = core::public_key_of_pem(text);
    if (!key) wrong(file + ": " + key.error().detail);
    out.push_back(core::published("", std::move(*key)));
  }
  core::wipe(text);
  return out;
}

class PublishKeys final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("OIN", oin_, "Our own")->required();
    app.add_option("FILE", files_,
                   "Keys, public or private, PEM or JWK; - is standard input. Only public halves are sent");
    app.add_option("--kid", kid_, "Name of the key where there is just one; without it the file's, or its thumbprint");
    app.add_flag("--replace", replace_, "Withdraw every key that is not in these files");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    if (files_.empty() && !replace_) usage("a FILE is needed; --replace without any withdraws all keys");
    Keys wanted;
    for (const auto& file : files_) std::ranges::move(keys_in(file, io), std::back_inserter(wanted));
    if (!kid_.empty() && wanted.size() != 1)
      usage("--kid names one key; these files hold " + std::to_string(wanted.size()));
    if (!kid_.empty()) wanted.front().kid = kid_;
    ApiClient client(target_);
    const auto present = client.get(path_of(oin_));
    if (!replace_) keep(keys_of(present.json(), "the answer"), wanted);
    ApiHeaders headers;
    // What was read is what is changed: whoever was in between is not overwritten.
    if (const auto etag = present.headers.find("etag"); etag != present.headers.end()) {
      headers.emplace_back("If-Match", etag->second);
    }
    const auto answer = client.send("PUT", path_of(oin_), core::to_jwk_set(wanted), headers);
    print_keys(keys_of(answer.json(), "the answer"), io);
    return ExitCode::kDone;
  }

 private:
  /// Keys already published stay, except under a name that is given anew.
  static void keep(const Keys& published, Keys& wanted) {
    for (const auto& key : published) {
      if (std::ranges::find(wanted, key.kid, &core::SigningKeyPublic::kid) == wanted.end()) wanted.push_back(key);
    }
  }

  std::string oin_;
  std::vector<std::string> files_;
  std::string kid_;
  bool replace_ = false;
  ApiTarget target_;
};

class AgreementKeygen final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("FILE", file_, "Where the private key goes, PEM, mode 0600; never overwritten")->required();
    app.add_flag("--ed25519", ed25519_, "Ed25519 (EdDSA) instead of P-256 (ES256)");
  }
  ExitCode run(Io& io) override {
    const auto algorithm = ed25519_ ? core::SigningAlgorithm::kEdDsa : core::SigningAlgorithm::kEs256;
    const auto key = core::JwsPrivateKey::generate(algorithm);
    write_secret(file_, key.to_pem());
    Keys made;
    made.push_back(core::published("", key.public_key()));
    print_keys(made, io);
    return ExitCode::kDone;
  }

 private:
  std::string file_;
  bool ed25519_ = false;
};

}  // namespace

std::unique_ptr<Command> make_participant_keys() { return std::make_unique<ParticipantKeys>(); }
std::unique_ptr<Command> make_publish_keys() { return std::make_unique<PublishKeys>(); }
std::unique_ptr<Command> make_agreement_keygen() { return std::make_unique<AgreementKeygen>(); }

}  // namespace wissel::ctl
