#pragma once
// What a sample partner holds: zaken, found by the subjects that they are about.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <expected>
#include <map>
#include <string>

namespace wissel::partner {

/// The one text for a subject: BSN and RSIN nine digits, the organisation of a zaak or verzoek as 20-character OIN.
/// Error: what is wrong with the subject, for a tester to read. Source: interface contract, "Subject".
[[nodiscard]] std::expected<std::string, std::string> canonical_subject(const boost::json::value& subject);

/// Not thread-safe; a partner has one thread.
class Dossier {
 public:
  /// Adds the zaak of `{"onderwerpen": [subject], "zaak": ZaakStatus}` under each subject. A zaak or verzoek that is
  /// there already, by number and organisation, is replaced: a holder has one status for it.
  /// Nothing is added when any subject is wrong.
  [[nodiscard]] std::expected<void, std::string> add(const boost::json::value& request);

  /// Empty when nothing is held about the subject.
  [[nodiscard]] boost::json::array find(const std::string& canonical) const;

 private:
  std::map<std::string, boost::json::array> zaken_;
};

}  // namespace wissel::partner
