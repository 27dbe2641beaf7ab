#pragma once
// What ps and logs call a thread of a group.
#include <cstddef>
#include <pthread.h>
#include <string>
#include <thread>

namespace wissel::transport {

/// `group` and the thread's number in it; of the group 12 characters are kept, since the kernel keeps 15.
inline void name_thread(std::thread& thread, const std::string& group, std::size_t number) {
  const std::string label = group.substr(0, 12) + "-" + std::to_string(number);
  pthread_setname_np(thread.native_handle(), label.substr(0, 15).c_str());
}

}  // namespace wissel::transport
