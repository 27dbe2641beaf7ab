#pragma once
// What a peer sends before any JSON is read: heads, chunked bodies, targets, URLs, trace headers, lines and
// certificates. Each is held against a second, plain reading of the rule, and heads against Beast's as well.
#include <string_view>

namespace wissel::fuzz {

/// The head of a request and its target.
void http_head(std::string_view input);
void http_target(std::string_view input);
/// Cuts at every place must not change what a chunked body says.
void http_chunks(std::string_view input);
/// The https URLs that partners register, and the trace headers of their requests.
void url(std::string_view input);
/// Lines of an upload are the same however it is cut; the first byte says how.
void ndjson(std::string_view input);
/// The subject of a certificate: DER, or a list of (field, string type, value) that a CA could be brought to sign.
void peer(std::string_view input);

}  // namespace wissel::fuzz
