#pragma once
// How a handler ends: a response, or a refusal that the router turns into problem+json and, if need be, a log record.
#include <cstdint>
#include <expected>
#include <optional>

#include "core/problem.hpp"
#include "core/result.hpp"
#include "transport/http/message.hpp"

namespace wissel::transport {

/// `log_index` is set when the refusal has its record already; otherwise the router writes one.
struct Refusal {
  core::Problem problem;
  std::optional<std::uint64_t> log_index;
  std::uint32_t retry_after_s = 1;  ///< told with 429 and 503

  // Implicit, so that handlers can pass on a problem as it is.
  Refusal(core::Problem p) : problem(std::move(p)) {}  // NOLINT(google-explicit-constructor)
  Refusal(core::Problem p, std::optional<std::uint64_t> index) : problem(std::move(p)), log_index(index) {}
};

template <class T>
using OrRefusal = std::expected<T, Refusal>;
using Reply = OrRefusal<Response>;

/// A foreseeable failure as the caller sees it: 503 where trying again helps, 500 otherwise; the detail stays here.
[[nodiscard]] core::Problem to_problem(const core::Error& error);

[[nodiscard]] inline std::unexpected<Refusal> refusal(core::ProblemCode code, std::string detail) {
  return std::unexpected<Refusal>(Refusal(core::Problem{code, std::move(detail), {}}));
}
[[nodiscard]] inline std::unexpected<Refusal> refusal(const core::Error& error) {
  return std::unexpected<Refusal>(Refusal(to_problem(error)));
}
[[nodiscard]] inline std::unexpected<Refusal> refusal(core::Problem problem) {
  return std::unexpected<Refusal>(Refusal(std::move(problem)));
}

}  // namespace wissel::transport
