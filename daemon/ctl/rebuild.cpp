// wisselctl rebuild DATADIR: what the store keeps only to find things quickly, made anew and compared.
#include "index/rebuild.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>

#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/progress.hpp"
#include "daemon/ctl/silent.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;
using index::FamilyComparison;

std::string state_of(const FamilyComparison& family) {
  if (!family.not_made.empty()) return "cannot be made";
  if (family.same()) return "same";
  return family.replaced ? "differed, replaced" : "differs";
}

bool is_in_order(const FamilyComparison& family) { return family.same() || family.replaced; }

json::object to_json(const FamilyComparison& family) {
  json::object out{{"family", core::family_name(family.family)},
                   {"rows", family.rows},
                   {"missing", family.missing},
                   {"extra", family.extra},
                   {"different", family.different},
                   {"same", family.same()},
                   {"replaced", family.replaced}};
  if (!family.first.empty()) out["first"] = family.first;
  if (!family.unreadable.empty()) out["unreadable"] = family.unreadable;
  if (!family.not_made.empty()) out["not_made"] = family.not_made;
  return out;
}

void print(const std::vector<FamilyComparison>& families, Io& io) {
  Table table({"family", "rows", "missing", "extra", "different", "state"});
  for (const auto& family : families) {
    table.add({std::string(core::family_name(family.family)), std::to_string(family.rows),
               std::to_string(family.missing), std::to_string(family.extra), std::to_string(family.different),
               state_of(family)});
  }
  table.print(io.out, io.terminal);
  for (const auto& family : families) {
    const auto name = core::family_name(family.family);
    if (!family.first.empty()) io.out << name << ": the first that differs: " << family.first << '\n';
    if (!family.unreadable.empty())
      io.out << name << ": what stands cannot be read: " << printable(family.unreadable) << '\n';
    if (!family.not_made.empty()) {
      io.out << name << ": what it is derived from is damaged: " << printable(family.not_made)
             << "\n  restore a backup with 'wisselctl restore'\n";
    }
  }
}

class Rebuild final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("DATADIR", dir_, "Data directory of the stopped daemon")->required();
    app.add_flag("--replace", replace_, "Put what was made anew in the place of what differs");
    app.add_option("--scratch", scratch_,
                   "A new directory for the fresh families, removed at the end; as large as they "
                   "are. Default: DATADIR-rebuild");
  }

  ExitCode run(Io& io) override {
    index::RebuildOptions options;
    options.replace = replace_;
    const auto data = std::filesystem::path(dir_).lexically_normal();
    options.scratch_dir =
        !scratch_.empty() ? scratch_ : (data.filename().empty() ? data.parent_path() : data).string() + "-rebuild";
    core::Result<std::vector<FamilyComparison>> compared;
    {
      ProgressLine line(io, "rebuilding: rows");
      options.progress = [&](std::string_view, std::uint64_t done, std::uint64_t total) { line.show(done, total); };
      Silent logger;
      compared = index::rebuild(dir_, options, logger);
    }
    if (!compared) {
      const auto code = compared.error().code;
      const bool away =
          code == core::Errc::kNotFound || code == core::Errc::kUnavailable || code == core::Errc::kConflict;
      throw Ended(away ? ExitCode::kUnreachable : ExitCode::kFoundWrong, compared.error().detail);
    }
    const bool fine = std::ranges::all_of(*compared, is_in_order);
    if (io.json) {
      json::array families;
      for (const auto& family : *compared) families.push_back(to_json(family));
      io.out << json::serialize(json::object{{"directory", dir_}, {"ok", fine}, {"families", std::move(families)}})
             << '\n';
    } else {
      print(*compared, io);
      if (!fine && !replace_) io.out << "Nothing was changed. --replace puts what was made anew in its place.\n";
    }
    return fine ? ExitCode::kDone : ExitCode::kFoundWrong;
  }

 private:
  std::string dir_;
  bool replace_ = false;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<Command> make_rebuild() { return std::make_unique<Rebuild>(); }

}  // namespace wissel::ctl
