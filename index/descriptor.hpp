#pragma once
// An open file that is closed at the end. Private to index/.
#include <unistd.h>

namespace wissel::index {

class Descriptor {
 public:
  /// Takes what open() gave; below zero: nothing is open.
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

}  // namespace wissel::index
