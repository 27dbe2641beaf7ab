// Notes and checkpoints from outside: witnesses send them, verifiers read them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/log/note.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wissel::core;
  const std::string_view text = as_view({data, size});
  if (const auto note = parse_note(text)) {
    // What was read and written again reads the same.
    const auto again = parse_note(note->encode());
    if (!again || again->text != note->text || again->signatures != note->signatures) std::abort();
    if (const auto checkpoint = Checkpoint::parse(note->text)) {
      if (!note->text.starts_with(checkpoint->text())) std::abort();
    }
  }
  if (const auto key = VerifierKey::parse(text)) {
    if (key->vkey() != text) std::abort();
    (void)verify_checkpoint(text, *key);
  }
  return 0;
}
