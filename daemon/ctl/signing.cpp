#include "daemon/ctl/signing.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <filesystem>

#include "config/secrets.hpp"
#include "core/bytes.hpp"
#include "core/crypto.hpp"
#include "core/signing/jwk.hpp"
#include "core/signing/jws.hpp"
#include "daemon/ctl/ended.hpp"

namespace wissel::ctl {

namespace json = boost::json;

void add_agreeing_options(CLI::App& app, Agreeing& how) {
  app.add_option("--key-file", how.key_file, "Sign with this private key, PEM (P-256 or Ed25519)");
  app.add_option("--kid", how.kid, "Name under which the key is published; without it the key's thumbprint");
  app.add_flag("--confirm", how.confirm, "Without a signature: by our certificate, where the network lets that count");
}

json::object endorsement_body(std::string_view payload, const Agreeing& how) {
  if (how.confirm == !how.key_file.empty()) usage("one of --key-file and --confirm is needed");
  if (how.confirm) {
    json::object content{{"inhoudSha256", core::to_hex(core::sha256({payload}))}};
    return {{"bevestiging", std::move(content)}};
  }
  const auto pem = config::read_secret({false, std::filesystem::absolute(how.key_file).string()});
  if (!pem) throw Ended(ExitCode::kUnreachable, pem.error().detail);
  const auto key = core::JwsPrivateKey::from_pem(pem->view());
  if (!key) wrong(how.key_file + ": " + key.error().detail);
  const auto kid = how.kid.empty() ? core::thumbprint(key->public_key()) : how.kid;
  return {{"handtekening", core::sign_detached(payload, *key, kid)}};
}

}  // namespace wissel::ctl
