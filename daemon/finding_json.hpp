#pragma once
// A finding of doctor as JSON: the same from the daemon and from wisselctl on a stopped store.
#include <boost/json/object.hpp>

#include "index/finding.hpp"

namespace wissel::daemon {

/// What is empty is left out; the remedy stands under "do".
[[nodiscard]] boost::json::object to_json(const index::Finding& finding);

}  // namespace wissel::daemon
