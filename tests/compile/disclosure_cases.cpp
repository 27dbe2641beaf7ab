// Ways in which a route could show what a partner disclosed without the filter of an agreement. Case 0, with the
// filter, compiles; no other case does (disclosure_test.py).
#include <boost/json.hpp>

#include <string>

#include "core/messages/disclosure.hpp"
#include "core/state/keys.hpp"
#include "transport/client/http_client.hpp"
#include "transport/http/message.hpp"
#include "transport/pull/part.hpp"

namespace wissel::transport {

Response show(const core::Agreement& agreement, core::MessageRow row, core::HolderAnswer holder,
              const ClientResponse& call) {
  Response response;
  Part part;
#if WISSEL_CASE == 0
  auto event = agreement.filter->event(std::move(row.event), row.facts);
  response.body = std::move(event->text).take();
  part.zaken = agreement.filter->zaken(std::move(holder), {}).text;
#elif WISSEL_CASE == 1  // Undisclosed: a stored event as an answer
  response.body = row.event;
#elif WISSEL_CASE == 2  // text_: by its member
  response.body = row.event.text_;
#elif WISSEL_CASE == 3  // Undisclosed: what a holder answered, passed on
  response.body = call.body;
#elif WISSEL_CASE == 4  // UndisclosedStatus: one zaak of it, written out
  response.body = boost::json::serialize(holder.zaken.front().content);
#elif WISSEL_CASE == 5  // Disclosed: any text as the content of a part
  part.zaken = std::string("[]");
#elif WISSEL_CASE == 6  // Disclosed: one made elsewhere than in the filter
  part.zaken = core::Disclosed(std::string("[]"));
#elif WISSEL_CASE == 7  // Undisclosed: a webhook called with the event as it came
  ClientRequest request;
  request.body = std::move(row.event);
#endif
  response.body += part_json(row.facts.sender, "", part, call.status);
  return response;
}

}  // namespace wissel::transport
