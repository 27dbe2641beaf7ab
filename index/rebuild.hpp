#pragma once
// Makes the derived families of a stopped store anew beside it, compares them with what stands, and puts them in its
// place only when told to.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/logger.hpp"
#include "core/result.hpp"
#include "core/store.hpp"

namespace wissel::index {

struct FamilyComparison {
  core::Family family{};
  std::uint64_t rows = 0;       ///< as made anew
  std::uint64_t missing = 0;    ///< made anew, and not there
  std::uint64_t extra = 0;      ///< there, and not made anew
  std::uint64_t different = 0;  ///< there with another value
  std::string first;            ///< the first key that differs, masked: never a subject's pseudonym
  std::string unreadable;       ///< why what stands could not be read to its end; empty when it could
  std::string not_made;         ///< why it could not be made anew: what it is derived from is damaged
  bool replaced = false;

  [[nodiscard]] bool same() const noexcept {
    return missing == 0 && extra == 0 && different == 0 && unreadable.empty() && not_made.empty();
  }
};

struct RebuildOptions {
  /// Put what was made in the place of what differs.
  bool replace = false;
  /// Where the fresh families are made; must not exist; removed at the end.
  std::string scratch_dir;
  /// What is under way, and how far.
  std::function<void(std::string_view what, std::uint64_t done, std::uint64_t total)> progress;
};

/// One for each derived family. A family that could not be made anew is never replaced. An end in the middle of a
/// replacement leaves a mark, with which a store refuses to open until a rebuild has ended.
/// Errors: as open_read_only and open_rocks_store, and those of the scratch directory.
[[nodiscard]] core::Result<std::vector<FamilyComparison>> rebuild(const std::string& dir, const RebuildOptions& options,
                                                                  core::Logger& logger);

}  // namespace wissel::index
