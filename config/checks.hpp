#pragma once
// What holds between several keys, and for the files they name. Internal to config/load.cpp.
#include "config/fault.hpp"
#include "config/settings.hpp"

namespace wissel::config {

/// Certificate, key and CA for outgoing calls are those of the partners' listener where not given.
void fill_outgoing(Settings& settings);

/// Beside the data directory where not given.
void fill_checkpoint_dir(Settings& settings);

/// Appends a fault for each rule that does not hold, at the place of the key that breaks it.
void check_together(const Settings& settings, ConfigFaults& faults);

/// Appends a fault for each file that is missing, no file, unreadable, or (keys) open to others. Blocks on the disk.
void check_files(const Settings& settings, ConfigFaults& faults);

}  // namespace wissel::config
