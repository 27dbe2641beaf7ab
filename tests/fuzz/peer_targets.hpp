#pragma once
// Bytes on a connection, through the real server and the real client on one end of a pair of sockets: what a client
// may send, and what a holder may answer.
#include <string_view>

namespace wissel::fuzz {

/// Raw bytes to the listener: the service hears exactly the requests that the strict reading finds, each gets its
/// answer in its place, and after the first that is none there is one refusal and nothing more.
void http_listener(std::string_view input);
/// What a holder's server may send back: head and body.
void client_answer(std::string_view input);
/// A holder's part of a pull: its status and body, problem+json among them, under an agreement with and without fields.
void holder_answer(std::string_view input);

}  // namespace wissel::fuzz
