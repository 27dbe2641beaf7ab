#include "daemon/ctl/secret_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "core/crypto.hpp"
#include "daemon/ctl/ended.hpp"

namespace wissel::ctl {

void write_secret(const std::filesystem::path& path, std::string content) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    core::wipe(content);
    unreachable(path.string() + ": " + std::strerror(errno));
  }
  std::size_t done = 0;
  while (done < content.size()) {
    const auto put = ::write(fd, content.data() + done, content.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) break;
    done += static_cast<std::size_t>(put);
  }
  const bool whole = done == content.size() && ::fsync(fd) == 0;
  const int why = errno;
  ::close(fd);
  core::wipe(content);
  if (!whole) unreachable(path.string() + ": " + std::strerror(why));
}

}  // namespace wissel::ctl
