#pragma once
// The table of subcommands, and the makers that its rows name.
#include <memory>
#include <span>

#include "daemon/ctl/command.hpp"

namespace wissel::ctl {

/// In the order of the help.
[[nodiscard]] std::span<const CommandRow> command_table();
[[nodiscard]] std::span<const GroupRow> group_table();

[[nodiscard]] std::unique_ptr<Command> make_check_config();
[[nodiscard]] std::unique_ptr<Command> make_config_schema();
[[nodiscard]] std::unique_ptr<Command> make_completion();
[[nodiscard]] std::unique_ptr<Command> make_log_verify();
[[nodiscard]] std::unique_ptr<Command> make_log_accept_older();
[[nodiscard]] std::unique_ptr<Command> make_doctor();
[[nodiscard]] std::unique_ptr<Command> make_rebuild();
[[nodiscard]] std::unique_ptr<Command> make_status();
[[nodiscard]] std::unique_ptr<Command> make_reload();
[[nodiscard]] std::unique_ptr<Command> make_backup();
[[nodiscard]] std::unique_ptr<Command> make_restore();
[[nodiscard]] std::unique_ptr<Command> make_key_new();
[[nodiscard]] std::unique_ptr<Command> make_key_list();
[[nodiscard]] std::unique_ptr<Command> make_key_vkey();
[[nodiscard]] std::unique_ptr<Command> make_participant_list();
[[nodiscard]] std::unique_ptr<Command> make_participant_show();
[[nodiscard]] std::unique_ptr<Command> make_participant_put();
[[nodiscard]] std::unique_ptr<Command> make_participant_keys();
[[nodiscard]] std::unique_ptr<Command> make_publish_keys();
[[nodiscard]] std::unique_ptr<Command> make_agreement_keygen();
[[nodiscard]] std::unique_ptr<Command> make_agreement_list();
[[nodiscard]] std::unique_ptr<Command> make_agreement_show();
[[nodiscard]] std::unique_ptr<Command> make_agreement_new();
[[nodiscard]] std::unique_ptr<Command> make_agreement_put();
[[nodiscard]] std::unique_ptr<Command> make_agreement_offer();
[[nodiscard]] std::unique_ptr<Command> make_agreement_sign();
[[nodiscard]] std::unique_ptr<Command> make_agreement_suspend();
[[nodiscard]] std::unique_ptr<Command> make_agreement_resume();
[[nodiscard]] std::unique_ptr<Command> make_agreement_end();
[[nodiscard]] std::unique_ptr<Command> make_representation_list();
[[nodiscard]] std::unique_ptr<Command> make_representation_show();
[[nodiscard]] std::unique_ptr<Command> make_representation_appoint();
[[nodiscard]] std::unique_ptr<Command> make_representation_sign();
[[nodiscard]] std::unique_ptr<Command> make_representation_end();
[[nodiscard]] std::unique_ptr<Command> make_apply();
[[nodiscard]] std::unique_ptr<Command> make_find();
[[nodiscard]] std::unique_ptr<Command> make_shielded();
[[nodiscard]] std::unique_ptr<Command> make_brake_list();
[[nodiscard]] std::unique_ptr<Command> make_brake_lift();
[[nodiscard]] std::unique_ptr<Command> make_why();
[[nodiscard]] std::unique_ptr<Command> make_message_show();
[[nodiscard]] std::unique_ptr<Command> make_message_list();
[[nodiscard]] std::unique_ptr<Command> make_log_query();
[[nodiscard]] std::unique_ptr<Command> make_log_export();
[[nodiscard]] std::unique_ptr<Command> make_log_tail();
[[nodiscard]] std::unique_ptr<Command> make_log_check();

// The parts of the table.
[[nodiscard]] std::span<const CommandRow> daemon_rows();
[[nodiscard]] std::span<const CommandRow> network_rows();
[[nodiscard]] std::span<const CommandRow> log_rows();

}  // namespace wissel::ctl
