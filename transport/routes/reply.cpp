#include "transport/routes/reply.hpp"

namespace wissel::transport {

core::Problem to_problem(const core::Error& error) {
  const auto problem = [](core::ProblemCode code) {
    return core::Problem{code, std::string(core::info(code).remedy), {}};
  };
  switch (error.code) {
    case core::Errc::kOverloaded:
      return problem(core::ProblemCode::kQueueFull);
    case core::Errc::kUnavailable:
      // The store says which of its reasons it is in the first word of the detail.
      return problem(error.detail.starts_with("full") || error.detail.find("No space left") != std::string::npos
                         ? core::ProblemCode::kStorageFull
                         : core::ProblemCode::kStorageAway);
    case core::Errc::kInvalidInput:
    case core::Errc::kNotFound:
    case core::Errc::kConflict:
    case core::Errc::kWouldBlock:
    case core::Errc::kCorrupt:
      return problem(core::ProblemCode::kInternal);
  }
  return problem(core::ProblemCode::kInternal);
}

}  // namespace wissel::transport
