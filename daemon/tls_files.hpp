#pragma once
// Which files the configuration names for TLS. For the daemon, and for whoever checks a configuration before it.
#include "config/settings.hpp"
#include "core/result.hpp"
#include "transport/tls/contexts.hpp"

namespace wissel::daemon {

/// Reads no file but looks who may read the keys. Errors: kInvalidInput, with the key of the configuration or the path.
[[nodiscard]] core::Result<transport::TlsSettings> tls_settings(const config::Settings& settings);

}  // namespace wissel::daemon
