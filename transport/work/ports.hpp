#pragma once
// What the workers on the store are built from; everything outlives them.
#include <functional>

#include "transport/routes/gateway.hpp"

namespace wissel::transport {

struct WorkPorts {
  core::Sequencer& sequencer;
  const core::ViewSource& views;
  const core::Store& store;
  BlockingPool& blocking;
  std::function<core::Instant()> now;
  core::Logger& log;
  core::Metrics& metrics;
};

[[nodiscard]] inline WorkPorts work_ports(const Gateway& gateway) {
  return {gateway.sequencer, gateway.views, gateway.store, gateway.blocking, gateway.now, gateway.log, gateway.metrics};
}

}  // namespace wissel::transport
