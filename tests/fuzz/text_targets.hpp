#pragma once
// Numbers, identifiers, times and encodings as they come in bodies, URLs and certificates. Each accepted text has one
// meaning, and its written form is read as the same.
#include <algorithm>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/identity/number.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/text.hpp"
#include "core/identity/uuid.hpp"
#include "core/identity/zaak_id.hpp"
#include "core/messages/cloud_event.hpp"
#include "core/time.hpp"
#include "tests/fuzz/demand.hpp"

namespace wissel::fuzz {
namespace detail {

inline std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

inline void numbers(std::string_view text) {
  if (const auto oin = core::Oin::parse(text)) demand(oin->view() == text && text.size() == core::Oin::kLength);
  if (const auto bsn = core::Bsn::parse(text)) {
    demand(core::passes_elfproef(bsn->clear()) && bsn->clear().ends_with(text) && core::resembles_bsn(text));
    demand(bsn->masked().find(bsn->clear()) == std::string::npos);
  }
  if (const auto rsin = core::Rsin::parse(text))
    demand(core::Oin::parse(core::Oin::from_rsin(*rsin).view()).has_value());
  if (const auto kvk = core::KvkNummer::parse(text)) demand(kvk->clear() == text);
  if (const auto branch = core::Vestigingsnummer::parse(text)) demand(branch->clear() == text);
  if (const auto id = core::Uuid::parse(text)) demand(id->str() == lowered(text));
  if (const auto zaak = core::ZaakId::parse_canonical(text)) demand(zaak->canonical() == text);
  if (const auto given = core::parse_bronorganisatie(text))
    demand(core::parse_bronorganisatie(given->view()) == *given);
  if (const auto oin = core::oin_in_source(text)) demand(text.find(oin->view()) != std::string_view::npos);
}

inline void times(std::string_view text) {
  if (const auto at = core::parse_rfc3339(text)) {
    const auto written = core::format_rfc3339(*at);
    demand(core::parse_rfc3339(written) == *at && core::format_rfc3339(*core::parse_rfc3339(written)) == written);
  }
  if (core::is_date(text)) demand(core::parse_rfc3339(std::string(text) + "T00:00:00Z").has_value());
  if (const auto term = core::parse_duration(text)) {
    demand(term->months >= 0 && term->ms >= 0 && !core::longer(*term, *term));
    demand(core::add(core::from_ms(0), *term) >= core::from_ms(0));
  }
}

inline void encodings(std::string_view text) {
  if (const auto bytes = core::from_hex(text)) demand(core::to_hex(core::as_bytes(*bytes)) == lowered(text));
  if (const auto bytes = core::from_base64(text)) demand(core::to_base64(core::as_bytes(*bytes)) == text);
  const auto length = core::utf8_length(text);
  demand(!length || *length <= text.size());
  if (core::is_plain_text(text)) demand(length && core::is_plain_text(text, core::LineBreaks::kAllowed));
  if (core::is_composed_text(text)) demand(length.has_value());
}

}  // namespace detail

inline void text(std::string_view input) {
  detail::numbers(input);
  detail::times(input);
  detail::encodings(input);
}

}  // namespace wissel::fuzz
