#pragma once
// Agreeing from the command line: by a signature with a private key in a file, or by a confirmation.
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace wissel::ctl {

/// How the caller agrees; from options.
struct Agreeing {
  std::string key_file;  ///< private key, PEM
  std::string kid;       ///< empty: the key's thumbprint, under which `participant publish-keys` publishes by default
  bool confirm = false;  ///< no signature: the certificate and this confirmation, where the network lets that count
};

/// --key-file, --kid, --confirm.
void add_agreeing_options(CLI::App& app, Agreeing& how);

/// The body by which a party agrees to exactly the bytes of `payload`: {"handtekening"} or {"bevestiging"}. Throws
/// Ended: kUsage without a choice between the two, kUnreachable and kFoundWrong for a key file that does not serve.
[[nodiscard]] boost::json::object endorsement_body(std::string_view payload, const Agreeing& how);

}  // namespace wissel::ctl
