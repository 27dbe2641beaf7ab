#pragma once
// Files that hold a secret this program made.
#include <filesystem>
#include <string>

namespace wissel::ctl {

/// Never there for others, not even for a moment; an existing file is left alone. `content` is wiped. Throws Ended
/// (kUnreachable).
void write_secret(const std::filesystem::path& path, std::string content);

}  // namespace wissel::ctl
