#pragma once
// How a smart pointer lets go of what a C library made. Internal: for source files, beside the library's own headers.

namespace wissel::core {

/// For std::unique_ptr<T, Freed<T_free>>.
template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};

}  // namespace wissel::core
