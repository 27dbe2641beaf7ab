// wisselctl message show ID, message list
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <ostream>
#include <string>

#include "core/json/parse.hpp"
#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/log_line_text.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

class MessageShow final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the message, as Wissel gave it")->required();
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    const auto message = ApiClient(target_).get("/v1/statusberichten/" + url_encoded(id_)).json();
    if (io.json) {
      io.out << json::serialize(message) << '\n';
      return ExitCode::kDone;
    }
    Facts facts;
    facts.add("message", text_at(message, "/id"));
    facts.add("accepted", text_at(message, "/geaccepteerdOp"));
    facts.add("log index", text_at(message, "/volgnummer"));
    facts.print(io.out);
    boost::system::error_code none;
    const auto* places = message.find_pointer("/afnemers", none);
    if (places == nullptr || !places->is_array() || places->get_array().empty()) {
      io.out << "nobody was subscribed to it\n";
      return ExitCode::kDone;
    }
    Table table({"SUBSCRIBER", "STATE", "ATTEMPTS", "SINCE", "NEXT TRY", "LAST ERROR"});
    for (const auto& place : places->get_array()) {
      table.add({text_at(place, "/afnemer"), text_at(place, "/stand"), text_at(place, "/pogingen"),
                 text_at(place, "/op"), text_at(place, "/volgendePoging"), text_at(place, "/laatsteFout")});
    }
    table.print(io.out, io.terminal);
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  ApiTarget target_;
};

/// Out of the log, which holds each message that was accepted from us.
class MessageList final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("--count", count_, "How many")->capture_default_str()->check(CLI::Range(1, 1'000'000));
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    const auto rows = ApiClient(target_).list("/v1/verwerkingen?actie=melden&uitkomst=toegestaan&aantal=1000",
                                              "verwerkingen", count_);
    json::array out;
    Table table({"ACCEPTED", "ID", "LOG INDEX"});
    for (const auto& row : rows) {
      const LogLineText line(row);
      constexpr std::string_view kPrefix = "bericht:";
      if (!line.object.starts_with(kPrefix)) continue;
      const auto id = line.object.substr(kPrefix.size());
      table.add({line.time, id, line.index});
      out.push_back(json::object{{"id", id}, {"accepted", line.time}, {"log_index", row.at("index")}});
    }
    if (io.json) {
      io.out << json::serialize(out) << '\n';
    } else if (table.empty()) {
      io.out << "no messages of yours in the log\n";
    } else {
      table.print(io.out, io.terminal);
    }
    return ExitCode::kDone;
  }

 private:
  std::size_t count_ = 20;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_message_show() { return std::make_unique<MessageShow>(); }
std::unique_ptr<Command> make_message_list() { return std::make_unique<MessageList>(); }

}  // namespace wissel::ctl
