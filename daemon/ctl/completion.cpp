// wisselctl completion bash|zsh|fish: written from the command line itself, so that it cannot fall behind.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/ctl/commands.hpp"

namespace wissel::ctl {
namespace {

/// What can follow after the words of `path` ("" or "log verify").
struct Step {
  std::string path;
  std::vector<std::string> subcommands;
  std::vector<std::string> summaries;  ///< of each subcommand
  std::vector<std::string> options;    ///< with their dashes
};

void collect(const CLI::App& app, const std::string& path, std::vector<Step>& steps) {
  Step step{path, {}, {}, {}};
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) step.options.push_back("--" + name);
  }
  const auto all = [](const CLI::App*) { return true; };
  const auto subcommands = app.get_subcommands(all);
  for (const auto* sub : subcommands) {
    step.subcommands.push_back(sub->get_name());
    step.summaries.push_back(sub->get_description());
  }
  steps.push_back(std::move(step));
  for (const auto* sub : subcommands) {
    collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), steps);
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

void print_bash(const std::vector<Step>& steps, std::ostream& out) {
  out << "# wisselctl completion for bash\n"
         "_wisselctl() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} path='' subcommands options i\n"
         "  for ((i = 1; i <= COMP_CWORD; i++)); do\n"
         "    case $path in\n";
  for (const auto& step : steps) {
    out << "      '" << step.path << "') subcommands='" << joined(step.subcommands) << "' options='"
        << joined(step.options) << "' ;;\n";
  }
  out << "    esac\n"
         "    if ((i < COMP_CWORD)) && [[ \" $subcommands \" == *\" ${COMP_WORDS[i]} \"* ]]; then\n"
         "      path=\"${path:+$path }${COMP_WORDS[i]}\"\n"
         "    fi\n"
         "  done\n"
         "  if [[ $cur == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
         "  elif [[ -n $subcommands ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$subcommands\" -- \"$cur\"))\n"
         "  elif [[ $path == completion ]]; then\n"
         "    COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _wisselctl wisselctl\n";
}

void print_zsh(const std::vector<Step>& steps, std::ostream& out) {
  out << "#compdef wisselctl\n"
         "autoload -U +X bashcompinit && bashcompinit\n";
  print_bash(steps, out);
}

/// For single quotes of fish.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_condition(const Step& step) {
  if (step.path.empty()) return "__fish_use_subcommand";
  std::string out;
  std::istringstream words(step.path);
  for (std::string word; words >> word;) out += (out.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
  if (!step.subcommands.empty()) out += "; and not __fish_seen_subcommand_from " + joined(step.subcommands);
  return out;
}

void print_fish(const std::vector<Step>& steps, std::ostream& out) {
  out << "# wisselctl completion for fish\n";
  for (const auto& step : steps) {
    const auto start = "complete -c wisselctl -n " + quoted(fish_condition(step));
    for (std::size_t i = 0; i < step.subcommands.size(); ++i) {
      out << start << " -f -a " << step.subcommands[i] << " -d " << quoted(step.summaries[i]) << '\n';
    }
    for (const auto& option : step.options) out << start << " -l " << option.substr(2) << '\n';
  }
  out << "complete -c wisselctl -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n";
}

class Completion final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("SHELL", shell_, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  }

  ExitCode run(Io& io) override {
    std::vector<Step> steps;
    collect(*io.app, "", steps);
    std::ostringstream script;
    const auto print = shell_ == "bash" ? print_bash : shell_ == "zsh" ? print_zsh : print_fish;
    print(steps, script);
    if (io.json) {
      io.out << boost::json::serialize(boost::json::object{{"shell", shell_}, {"script", script.str()}}) << '\n';
    } else {
      io.out << script.str();
    }
    return ExitCode::kDone;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion() { return std::make_unique<Completion>(); }

}  // namespace wissel::ctl
