#pragma once
// The look of wisselctl doctor at a configuration: the file itself, its keys, its certificates, the directory of the
// kept checkpoint and the room under the store. Used by the daemon and by wisselctl, so that both say the same.
#include <string>

#include "config/settings.hpp"
#include "core/time.hpp"
#include "index/finding.hpp"

namespace wissel::daemon {

/// Reads files only. Credentials that are not handed to this process are noted, not judged.
[[nodiscard]] index::Findings examine_configuration(const std::string& file, core::Instant now);

/// The configuration's own faults, or its settings.
[[nodiscard]] index::Findings examine_settings(const config::Settings& settings, core::Instant now);

/// Every certificate in a PEM file: when it ends. A warning within 30 days, bad once it has ended.
[[nodiscard]] index::Finding examine_certificate(const std::string& path, std::string_view what, core::Instant now);

}  // namespace wissel::daemon
