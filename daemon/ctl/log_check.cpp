// wisselctl log check INDEX: that one record stands in the tree, worked out here and not believed.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <ostream>
#include <string>

#include "core/bytes.hpp"
#include "core/log/commitment.hpp"
#include "core/log/merkle.hpp"
#include "core/log/note.hpp"
#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/log_line_text.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

template <std::size_t N>
core::ByteArray<N> bytes_of(const std::string& base64, const char* what) {
  const auto text = core::from_base64(base64);
  if (!text || text->size() != N)
    wrong(std::string("the answer's ") + what + " is not " + std::to_string(N) + " bytes");
  core::ByteArray<N> out{};
  std::ranges::copy(core::as_bytes(*text), out.begin());
  return out;
}

class LogCheck final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("INDEX", index_, "Of the record: the Wissel-Log-Index of an answer")->required();
    app.add_option("--vkey", vkey_, "The log's verifier key; without it the one that Wissel tells is believed");
    add_target_options(app, target_);
  }

  ExitCode run(Io& io) override {
    ApiClient client(target_);
    const auto path = "/v1/verwerkingen/" + std::to_string(index_);
    const auto record = client.get(path).json();
    const auto proof = client.get(path + "/bewijs").json();
    const auto key = key_of(client);
    const auto checkpoint = core::verify_checkpoint(text_at(proof, "/checkpoint"), key);
    if (!checkpoint) wrong("the checkpoint does not hold: " + checkpoint.error().detail);
    if (text_at(record, "/zout").empty()) wrong("you may see a view of this record only, without what proves it");
    check(record, proof, *checkpoint);
    print(record, *checkpoint, io);
    return ExitCode::kDone;
  }

 private:
  [[nodiscard]] core::VerifierKey key_of(ApiClient& client) const {
    auto text = vkey_.empty() ? client.get("/tlog/vkey").body : vkey_;
    while (text.ends_with('\n')) text.pop_back();
    auto key = core::VerifierKey::parse(text);
    if (!key) usage("the verifier key is none: " + key.error().detail);
    return std::move(*key);
  }

  void check(const json::value& record, const json::value& proof, const core::Checkpoint& checkpoint) const {
    if (number_at(record, "/index") != index_ || number_at(proof, "/index") != index_) {
      wrong("the answer is about another record");
    }
    if (checkpoint.size != number_at(proof, "/omvang")) wrong("the checkpoint is of another size than the proof");
    const auto salt = bytes_of<16>(text_at(record, "/zout"), "salt");
    const auto entry = core::entry_of(core::record_commitment(salt, text_at(record, "/regel")));
    core::Proof hashes;
    for (const auto& hash : proof.at("hashes").as_array()) hashes.push_back(bytes_of<32>(text_of(hash), "hash"));
    if (!core::verify_inclusion(index_, checkpoint.size, core::leaf_hash(core::as_view(entry)), hashes,
                                checkpoint.root)) {
      wrong("record " + std::to_string(index_) + " is NOT in the log as it was shown: keep both answers as evidence");
    }
  }

  void print(const json::value& record, const core::Checkpoint& checkpoint, Io& io) const {
    if (io.json) {
      io.out << json::serialize(json::object{{"index", index_},
                                             {"in_log", true},
                                             {"origin", checkpoint.origin},
                                             {"size", checkpoint.size},
                                             {"root", core::to_base64(checkpoint.root)},
                                             {"key_given", !vkey_.empty()}})
             << '\n';
      return;
    }
    const LogLineText line(record);
    io.out << coloured(io.terminal, Colour::kGood, "in the log") << ": record " << index_ << " of " << checkpoint.origin
           << ", under the checkpoint of " << checkpoint.size << " records\n"
           << line.time << ' ' << line.action << ' ' << line.outcome << ' ' << printable(line.caller) << '\n';
    if (vkey_.empty()) io.out << "The key came from Wissel itself; give --vkey to check against the one you trust.\n";
  }

  std::uint64_t index_ = 0;
  std::string vkey_;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_log_check() { return std::make_unique<LogCheck>(); }

}  // namespace wissel::ctl
