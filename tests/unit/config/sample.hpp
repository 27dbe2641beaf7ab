#pragma once
// The smallest configuration that is complete, as a base for what tests change.
#include <string>

namespace wissel::config {

inline std::string minimal_config() {
  return R"(environment: test
name: wissel.test
partners:
  listen: ["127.0.0.1:8443"]
  certificate: server.crt
  key: server.key
  ca: ca.crt
log: {signing_key: log.key}
secrets: {pseudonym_keys: pseudonym.keys, sealing_key: sealing.key, body_key: "credential:body"}
)";
}

}  // namespace wissel::config
