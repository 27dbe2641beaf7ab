#pragma once
// Each resource of the API through its real route: path, query, headers and body. Whatever comes, the answer is one of
// the API's, is JSON that our own strict reader takes, and the access is in the log.
#include <string_view>

namespace wissel::fuzz {

void searches(std::string_view input);
void pulls(std::string_view input);
void references(std::string_view input);
void bulk(std::string_view input);
void synchronisations(std::string_view input);
void subscriptions(std::string_view input);
void agreements(std::string_view input);
void participants(std::string_view input);
void representations(std::string_view input);
void log_queries(std::string_view input);
void mailbox(std::string_view input);
void messages(std::string_view input);
void tlog(std::string_view input);

}  // namespace wissel::fuzz
