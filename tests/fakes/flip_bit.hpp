#pragma once
// Damage to a file: one bit is another. Done twice, the file is as it was.
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace wissel::fakes {

inline void flip_bit(const std::filesystem::path& path, std::size_t at, unsigned bit = 0) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const auto byte = file.get();
  if (!file) throw std::runtime_error(path.string() + " ends before that byte");
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(static_cast<unsigned>(byte) ^ (1U << bit)));
}

}  // namespace wissel::fakes
