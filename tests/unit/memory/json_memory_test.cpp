// What hostile JSON may cost, and that a check of quota and brake costs nothing: every allocation of this program is
// counted, so the bound holds with any compiler and on any machine. Time is only told.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

#include "core/json/parse.hpp"
#include "core/limits/limiter.hpp"
#include "core/messages/reference_codec.hpp"

namespace {

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> peak{0};

// Before each block stands its size, in as many bytes as keep the block aligned.
constexpr std::size_t kHeaderBytes = 16;

void* counted(std::size_t size) {
  auto* block = static_cast<std::size_t*>(std::malloc(size + kHeaderBytes));
  if (block == nullptr) throw std::bad_alloc();
  *block = size;
  const auto now = live.fetch_add(size) + size;
  if (now > peak.load()) peak.store(now);
  return reinterpret_cast<char*>(block) + kHeaderBytes;
}

void uncounted(void* at) noexcept {
  if (at == nullptr) return;
  auto* block = reinterpret_cast<std::size_t*>(static_cast<char*>(at) - kHeaderBytes);
  live.fetch_sub(*block);
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* at) noexcept { uncounted(at); }
void operator delete[](void* at) noexcept { uncounted(at); }
void operator delete(void* at, std::size_t) noexcept { uncounted(at); }
void operator delete[](void* at, std::size_t) noexcept { uncounted(at); }

namespace wissel {
namespace {

// Of the body's size; and what may come on top, which is what makes a small body small.
constexpr std::size_t kTimesMax = 10;
constexpr std::size_t kBytesBeside = 512 * 1024;

/// What the most of it was that `work` held at one time.
template <class Work>
std::size_t most_held(const char* name, const std::string& body, const Work& work) {
  const std::size_t before = live.load();
  peak.store(before);
  const auto began = std::chrono::steady_clock::now();
  work(body);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  const std::size_t held = peak.load() - before;
  std::printf("%-28s %9zu bytes: held %9zu (%.1f times) for %.1f ms\n", name, body.size(), held,
              static_cast<double>(held) / static_cast<double>(body.size()), took.count());
  EXPECT_EQ(live.load(), before) << name;
  EXPECT_LE(held, kTimesMax * body.size() + kBytesBeside) << name;
  return held;
}

void refused(const char* name, const std::string& body) {
  most_held(name, body, [name](const std::string& text) { EXPECT_FALSE(core::parse_json(text)) << name; });
}
void taken_or_not(const char* name, const std::string& body) {
  most_held(name, body, [](const std::string& text) { (void)core::parse_json(text).has_value(); });
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string members(std::size_t count) {
  std::string out = "{";
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
  return out + "}";
}

TEST(JsonMemory, BombsAreRefusedInFewTimesTheirSize) {
  constexpr std::size_t kMany = 100'000;
  constexpr std::size_t kTenMegabytes = 10 * 1024 * 1024;
  refused("nested arrays", repeated("[", kMany) + repeated("]", kMany));
  refused("nested arrays, open", repeated("[", kMany));
  refused("nested objects", repeated("{\"a\":", kMany) + "1" + repeated("}", kMany));
  refused("a number of 10 MB", "{\"a\":" + std::string(kTenMegabytes, '9') + "}");
  refused("a fraction of 10 MB", "{\"a\":0." + std::string(kTenMegabytes, '9') + "e999999999}");
  refused("an exponent of 10 MB", "{\"a\":1e" + std::string(kTenMegabytes, '9') + "}");
  refused("1,000,000 members", members(1'000'000));
  refused("the same name again", "{" + repeated("\"a\":1,", kMany) + "\"a\":1}");
  refused("1,000,000 numbers", "[" + repeated("1,", 1'000'000) + "1]");
  refused("1,000,000 empty lists", "[" + repeated("[],", 1'000'000) + "1]");
  refused("1,000,000 empty objects", "[" + repeated("{},", 1'000'000) + "1]");
  refused("1,000,000 empty texts", "[" + repeated("\"\",", 1'000'000) + "1]");
  refused("as many digits as just fit", "[" + repeated("1,", 99'998) + "1]");
  refused("as many lists as just fit", "[" + repeated("[],", 99'998) + "1]");
  refused("lone surrogates", "[" + repeated(R"("\ud800",)", kMany) + "1]");
  refused("a lone surrogate at the end", "[\"" + repeated("a", kTenMegabytes) + "\\udfff\"]");
  refused("a text that does not end", "[\"" + repeated("a", kTenMegabytes));
  refused("a name that does not end", "{\"" + repeated("a", kTenMegabytes));
}

TEST(JsonMemory, LargeBodiesThatAreNoBombsStayBoundedToo) {
  taken_or_not("a text of 1 MB", "[\"" + repeated("a", 1'000'000) + "\"]");
  taken_or_not("a text of escapes", "[\"" + repeated("\\u00e9", 170'000) + "\"]");
  taken_or_not("a name of 1 MB", "{\"" + repeated("a", 1'000'000) + "\":1}");
  taken_or_not("short texts", "[" + repeated("\"abc\",", 99'000) + "1]");
  taken_or_not("objects of one member", "[" + repeated("{\"a\":1},", 49'000) + "1]");
  taken_or_not("1,000 objects of 90 members", "[" + repeated(members(90) + ",", 1'000) + "1]");
}

TEST(JsonMemory, LinesOfAnUploadAsWell) {
  const std::string line = R"({"zet":)" + repeated("[", 60'000) + repeated("]", 4'000) + "}";
  most_held("a deep line", line, [](const std::string& text) { EXPECT_FALSE(core::parse_reference_line(text)); });
  const std::string wide = R"({"zet":{"betrokkenen":[)" + repeated("1,", 30'000) + "1]}}";
  most_held("a wide line", wide, [](const std::string& text) { EXPECT_FALSE(core::parse_reference_line(text)); });
}

TEST(LimiterMemory, ARequestTakesNoneOnceItsPartyWasSeen) {
  core::Limiter limiter({}, 7);
  const auto party = core::Oin::parse("00000099000000001000").value();
  const core::Uuid agreement(core::Bytes16{1});
  auto now = core::SteadyTime{std::chrono::hours(1)};
  const auto check = [&] {
    now += std::chrono::seconds(7);
    return limiter.access(party, {}, now).go() && limiter.use(party, agreement, 1'000, 10, true, now).go();
  };
  ASSERT_TRUE(check());
  const std::size_t before = live.load();
  peak.store(before);
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(check());
  EXPECT_EQ(peak.load(), before);
}

}  // namespace
}  // namespace wissel
