#include "transport/http/head_fault.hpp"

#include <array>
#include <cstddef>

namespace wissel::transport {
namespace {

constexpr auto kRows = std::to_array<HeadFaultInfo>({
    {HeadFault::kNotHttp, 400, "not HTTP/1.1", "De kop van het verzoek is geen HTTP/1.1."},
    {HeadFault::kTooLarge, 431, "head too large", "De kop van het verzoek is groter dan hier mag."},
    {HeadFault::kTooSlow, 408, "head too slow", "De kop van het verzoek kwam niet op tijd."},
    {HeadFault::kAmbiguous, 400, "head ambiguous", "De kop van het verzoek is niet op één manier te lezen."},
    {HeadFault::kRequestLine, 400, "request line malformed",
     "De eerste regel van het verzoek is geen methode, doel en versie."},
    {HeadFault::kMethod, 400, "method malformed", "De methode is misvormd."},
    {HeadFault::kVersion, 400, "version not HTTP/1.1", "De versie is niet HTTP/1.1."},
    {HeadFault::kTarget, 400, "target malformed", "Het doel van het verzoek is misvormd."},
    {HeadFault::kTargetNotPath, 400, "target not a path", "Het doel van het verzoek is geen pad."},
    {HeadFault::kTargetWithoutPath, 400, "target without a path", "Het doel van het verzoek heeft geen pad."},
    {HeadFault::kTargetOtherHost, 400, "target names another host", "Het doel noemt een andere host dan Host."},
    {HeadFault::kFieldsTooMany, 400, "too many header fields", "Er zijn te veel headers."},
    {HeadFault::kFieldFolded, 400, "header field folded", "Een header loopt door op een volgende regel."},
    {HeadFault::kFieldName, 400, "header name malformed", "De naam van een header is misvormd."},
    {HeadFault::kFieldValue, 400, "header value holds control characters",
     "De waarde van een header bevat stuurtekens."},
    {HeadFault::kHost, 400, "Host malformed", "Host noemt geen host."},
    {HeadFault::kHostTwice, 400, "Host occurs twice", "Host staat er meer dan eens."},
    {HeadFault::kHostMissing, 400, "Host missing", "Host ontbreekt."},
    {HeadFault::kLength, 400, "Content-Length not a number", "Content-Length is geen getal."},
    {HeadFault::kLengthTwice, 400, "Content-Length occurs twice", "Content-Length staat er meer dan eens."},
    {HeadFault::kFieldTwice, 400, "field of one value occurs twice",
     "Een header die één waarde heeft, staat er meer dan eens."},
    {HeadFault::kEncoding, 400, "Transfer-Encoding not a single chunked",
     "Transfer-Encoding is iets anders dan een enkel chunked."},
    {HeadFault::kEncodingTwice, 400, "Transfer-Encoding occurs twice", "Transfer-Encoding staat er meer dan eens."},
    {HeadFault::kEncodingInHttp10, 400, "Transfer-Encoding in HTTP/1.0", "HTTP/1.0 kent geen Transfer-Encoding."},
    {HeadFault::kTwoFramings, 400, "both Content-Length and Transfer-Encoding",
     "Content-Length en Transfer-Encoding staan er beide."},
    {HeadFault::kExpect, 400, "Expect not 100-continue", "Expect vraagt iets anders dan 100-continue."},
});

constexpr bool rows_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].fault) != i) return false;
  }
  return kRows.size() == static_cast<std::size_t>(HeadFault::kCount_);
}
static_assert(rows_in_order(), "each HeadFault has one row, in the order of the enumeration");

}  // namespace

const HeadFaultInfo& info(HeadFault fault) noexcept { return kRows[static_cast<std::size_t>(fault)]; }

}  // namespace wissel::transport
