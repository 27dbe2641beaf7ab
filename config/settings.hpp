#pragma once
// The whole configuration of the daemon as typed, bounded values. A Settings that load_settings gave is complete and
// within its bounds; nothing behind it checks again.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/logger.hpp"
#include "core/time.hpp"

namespace wissel::config {

using Milliseconds = std::chrono::milliseconds;

/// Which OINs are accepted and what stands in the checkpoint's origin.
enum class Environment : std::uint8_t { kProduction, kAcceptance, kTest };
enum class LogFormat : std::uint8_t { kText, kJson };
/// Whether a party may agree by its mTLS identity and an explicit confirmation, without a signature.
enum class Confirmation : std::uint8_t { kRefused, kAllowed };

[[nodiscard]] std::string_view to_string(Environment environment) noexcept;

/// A place in a file, for messages. Lines and columns count from 1; 0 means the file as a whole.
struct Source {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const Source&, const Source&) = default;
};

/// An IP literal and a port; 0 lets the system choose one (tests). `host` stands without brackets.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

/// Where key material lies: an absolute file, or the name of a systemd credential (`credential:NAME` in the file).
/// config/secrets.hpp reads it.
struct SecretLocation {
  bool credential = false;
  std::string name;  ///< path or credential name

  friend bool operator==(const SecretLocation&, const SecretLocation&) = default;
};

/// Sizes in bytes. Above a limit of bytes we answer 413 (431 for headers), above one of connections we close,
/// above one of requests we answer 503.
struct ListenerLimits {
  std::uint64_t header_bytes_max = 16 * 1024;
  std::uint64_t body_bytes_max = 1024 * 1024;
  std::uint64_t bulk_bytes_max = 0;  ///< of a whole bulk upload; 0 = unlimited (lines are bounded by body_bytes_max)
  Milliseconds handshake_timeout{10'000};
  Milliseconds header_timeout{10'000};
  Milliseconds body_timeout{30'000};
  Milliseconds idle_timeout{75'000};
  Milliseconds write_timeout{30'000};
  std::uint32_t connections_max = 10'000;
  std::uint32_t connections_per_partner_max = 512;
  std::uint32_t requests_in_flight_max = 4096;
};

/// The partners' mTLS listener. Paths are absolute.
struct PartnersSettings {
  std::vector<Endpoint> listen;  ///< 1..16
  std::filesystem::path certificate;
  SecretLocation key;
  std::filesystem::path ca;
  std::vector<std::filesystem::path> crl;
  bool tls12 = false;
  std::uint32_t threads = 0;  ///< I/O threads; 0 = one per core
  ListenerLimits limits;
};

/// Calls to holders and webhooks. Certificate, key and CA are those of the partners' listener where not given.
struct OutgoingSettings {
  std::filesystem::path certificate;
  SecretLocation key;
  std::filesystem::path ca;
  Milliseconds connect_timeout{2'000};
  Milliseconds request_timeout{10'000};
  std::uint32_t connections_per_partner_max = 8;
  bool allow_private_addresses = false;
};

/// Plain HTTP; an address that is not loopback needs allow_remote.
struct OperatorsSettings {
  Endpoint listen{"127.0.0.1", 9443};
  bool allow_remote = false;
};

struct LogSettings {
  SecretLocation signing_key;  ///< Ed25519, PEM
  /// Where the newest checkpoint is kept apart from the store; `<data_dir>-checkpoint` where not given.
  std::filesystem::path checkpoint_dir;
};

struct SecretsSettings {
  SecretLocation pseudonym_keys;
  SecretLocation sealing_key;
  SecretLocation body_key;
};

/// Sizes in bytes. Watermarks are free space on the data directory's file system, watermark_warn >= watermark_restrict
/// >= watermark_stop; what lies between the last two is the reserve for the records of searches and deliveries.
struct StoreSettings {
  std::uint64_t block_cache = 512ULL << 20;
  std::uint64_t write_buffer = 64ULL << 20;
  std::uint32_t write_buffers_max = 3;
  std::uint32_t open_files_max = 512;
  std::uint64_t watermark_warn = 2ULL << 30;
  std::uint64_t watermark_restrict = 1ULL << 30;
  std::uint64_t watermark_stop = 256ULL << 20;
  Milliseconds scrub_period{std::chrono::days{7}};
};

struct QueueSettings {
  std::uint32_t commands_max = 8192;
  std::uint32_t batch_commands_max = 1024;
  std::uint64_t batch_bytes_max = 8ULL << 20;
};

struct PullSettings {
  Milliseconds wait_default{5'000};
  Milliseconds wait_max{30'000};
  Milliseconds commit_margin{50};
  std::uint32_t breaker_failures = 5;
  Milliseconds breaker_open{10'000};
  std::uint32_t holders_max = 64;
  std::uint64_t answer_bytes_max = 1ULL << 20;
  std::uint64_t status_cache = 64ULL << 20;
};

struct PushSettings {
  std::uint64_t event_bytes_max = 64ULL << 10;
  std::uint32_t batch_max = 100;
  Milliseconds expiry{std::chrono::days{7}};
  Milliseconds retry_first{1'000};
  Milliseconds retry_max{std::chrono::minutes{15}};
  std::uint32_t concurrency_per_subscriber = 8;
  Milliseconds delivery_timeout{10'000};
  std::uint32_t breaker_failures = 5;
  Milliseconds breaker_open{10'000};
  Milliseconds repeat_term{std::chrono::days{30}};
  Milliseconds mailbox_wait_max{60'000};
};

struct ReferencesSettings {
  core::Duration term_max{.months = 24, .ms = 0};
  std::uint32_t lookup_max = 1000;
};

struct IdempotencySettings {
  Milliseconds term{std::chrono::hours{24}};
};

struct AgreementsSettings {
  Confirmation confirmation = Confirmation::kRefused;
};

struct LoggingSettings {
  LogFormat format = LogFormat::kText;
  core::LogLevel level = core::LogLevel::kInfo;
  std::map<std::string, core::LogLevel, std::less<>> components;  ///< overrides `level` for one component
};

/// What a participant without a quota of its own may ask.
struct LimitsSettings {
  std::uint32_t requests_per_minute = 600'000;
};

/// Stops a party that asks far more under an agreement than it usually does, until a person lets it go on.
struct BrakeSettings {
  bool enabled = true;
  std::uint32_t factor = 10;
  std::uint32_t floor = 1'000;
  Milliseconds learning{std::chrono::hours{1}};
};

struct ShutdownSettings {
  Milliseconds drain{20'000};
};

struct Settings {
  Environment environment = Environment::kTest;
  std::string name;  ///< origin of checkpoints: <name>/log/<environment>
  std::vector<std::string> bootstrap_operators;
  std::filesystem::path data_dir = "/var/lib/wissel";
  std::filesystem::path runtime_dir = "/run/wissel";
  PartnersSettings partners;
  OutgoingSettings outgoing;
  OperatorsSettings operators;
  LogSettings log;
  SecretsSettings secrets;
  StoreSettings store;
  QueueSettings queue;
  PullSettings pull;
  PushSettings push;
  ReferencesSettings references;
  IdempotencySettings idempotency;
  LimitsSettings limits;
  BrakeSettings brake;
  AgreementsSettings agreements;
  LoggingSettings logging;
  ShutdownSettings shutdown;

  /// Where each value that was given stands, by its dotted key ("partners.key"), so that a fault that shows later (an
  /// unreadable key file) can point at it.
  std::map<std::string, Source, std::less<>> sources;

  /// The place of a key; of the file as a whole where its default holds.
  [[nodiscard]] Source where(std::string_view key) const;
  /// `<name>/log/<environment>`
  [[nodiscard]] std::string log_origin() const;
};

}  // namespace wissel::config
