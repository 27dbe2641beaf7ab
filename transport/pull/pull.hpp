#pragma once
// A pull: its query is recorded, its holders are asked side by side, and its parts are recorded and gathered.
#include <memory>
#include <string>
#include <vector>

#include "transport/pull/gathering.hpp"
#include "transport/pull/part.hpp"

namespace wissel::transport {

/// A holder as an answer names it.
struct AskedHolder {
  core::Oin oin;
  std::string naam;
};

/// A pull under way. Shared by the request and its parts; used on one io thread.
struct Pull {
  Pull(const asio::any_io_executor& executor, PullTerms given, std::vector<AskedHolder> asked)
      : terms(std::move(given)), holders(std::move(asked)), gathering(executor, holders.size(), terms.answer_by) {}

  PullTerms terms;
  std::vector<AskedHolder> holders;
  Gathering gathering;
};

/// What a commit gives within a deadline; nothing when that passed first. The commit then goes on as a task of the
/// gateway.
asio::awaitable<std::optional<core::Result<core::Outcome>>> commit_by(const Gateway& gateway, core::Command command,
                                                                      std::size_t io_thread, Deadline deadline);

/// Begins to ask every holder; each part is recorded before it reaches the gathering. The tasks belong to the gateway.
void begin_asking(const Gateway& gateway, const std::shared_ptr<Pull>& pull, std::vector<Ask> asks,
                  const asio::any_io_executor& executor);

/// The part of a holder that did not come in time.
[[nodiscard]] std::string late_part_json(const Pull& pull, std::size_t place);

}  // namespace wissel::transport
