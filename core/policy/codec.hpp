#pragma once
// Participants, agreements and subscriptions as JSON: the API's form, and the form in which they are stored.
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "core/json/object_reader.hpp"
#include "core/policy/model.hpp"
#include "core/problem.hpp"
#include "core/result.hpp"

namespace wissel::core {

// To the API's form. A subscription shows the kind of its subject, never the subject.
[[nodiscard]] boost::json::object to_json(const Participant& participant);
[[nodiscard]] boost::json::object to_json(const Agreement& agreement);
[[nodiscard]] boost::json::object to_json(const Subscription& subscription);

// From the API's form: faults are collected; the result counts only when there are none.
[[nodiscard]] std::optional<Participant> read_participant(const boost::json::value& body, const Oin& oin,
                                                          Faults& faults);
[[nodiscard]] std::optional<Agreement> read_agreement(const boost::json::value& body, const Uuid& id, Faults& faults);
/// The same, but `velden` may hold any name: what is stored was set under the names of its day.
[[nodiscard]] std::optional<Agreement> read_stored_agreement(const boost::json::value& body, const Uuid& id,
                                                             Faults& faults);
/// The subject, when there is one, is given clear beside the subscription: its pseudonym is the caller's to fill in.
struct SubscriptionInput {
  Subscription subscription;
  std::optional<Subject> onderwerp;
};
[[nodiscard]] std::optional<SubscriptionInput> read_subscription(const boost::json::value& body, const Uuid& id,
                                                                 const Oin& afnemer, Faults& faults);

// As stored in family `entity`: a format byte and JSON. Errors: kCorrupt.
[[nodiscard]] std::string encode(const Participant& participant);
[[nodiscard]] std::string encode(const Agreement& agreement);
[[nodiscard]] std::string encode(const Subscription& subscription);
[[nodiscard]] Result<Participant> decode_participant(std::string_view value);
[[nodiscard]] Result<Agreement> decode_agreement(std::string_view value);
[[nodiscard]] Result<Subscription> decode_subscription(std::string_view value);

}  // namespace wissel::core
