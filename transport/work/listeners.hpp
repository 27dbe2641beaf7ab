#pragma once
// One commit listener that passes on what it hears to several.
#include <vector>

#include "core/state/view.hpp"

namespace wissel::transport {

/// Thread safety: add() before the sequencer starts; committed() on the committer's thread.
class Listeners final : public core::CommitListener {
 public:
  /// `listener` outlives the sequencer's thread.
  void add(core::CommitListener& listener) { all_.push_back(&listener); }
  void committed(const core::Notices& notices) override {
    for (auto* listener : all_) listener->committed(notices);
  }

 private:
  std::vector<core::CommitListener*> all_;
};

}  // namespace wissel::transport
