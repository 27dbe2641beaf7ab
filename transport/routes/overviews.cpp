// /v1/afschermingsoverzichten: once a day a bronhouder reads who searched for what it shields, and decides on contact.
#include <boost/json.hpp>

#include <charconv>

#include "core/policy/network.hpp"
#include "core/state/shielded.hpp"
#include "transport/routes/bodies.hpp"
#include "transport/routes/page.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::string_view kBase = "/v1/afschermingsoverzichten";
constexpr std::size_t kDayLength = 10;

std::string day_text(year_month_day day) {
  return core::format_rfc3339(core::Instant(sys_days(day))).substr(0, kDayLength);
}

std::optional<year_month_day> parse_day(std::string_view text) {
  if (!core::is_date(text)) return std::nullopt;
  const auto midnight = core::parse_rfc3339(std::string(text) + "T00:00:00Z");
  if (!midnight) return std::nullopt;
  return std::chrono::floor<days>(*midnight);
}

/// Always the same days, whether there is anything to tell of them or not.
asio::awaitable<Reply> list_overviews(Exchange& exchange) {
  auto page = read_page(exchange, {});
  if (!page) co_return std::unexpected(std::move(page).error());
  const sys_days newest(core::newest_overview(exchange.now).day);
  json::array rows;
  std::string last;
  bool more = false;
  for (int back = 0; back < core::kOverviewDays; ++back) {
    const auto overview = core::overview_of(newest - days{back});
    const auto day = day_text(overview.day);
    if (!page->after.empty() && day >= page->after) continue;
    if (rows.size() == page->count) {
      more = true;
      break;
    }
    rows.push_back(json::object{
        {"dag", day}, {"van", core::format_rfc3339(overview.from)}, {"tot", core::format_rfc3339(overview.until)}});
    last = day;
  }
  if (!more) last.clear();
  co_return co_await answer_page(exchange, "overzichten", std::move(rows), std::move(last));
}

json::object named(const core::Network& network, const core::Oin& oin) {
  const auto* participant = network.participant(oin);
  return {{"oin", oin.view()}, {"naam", participant != nullptr ? std::string_view(participant->naam) : ""}};
}

json::object row_json(const core::Network& network, const core::ShieldedRow& row) {
  json::object out{{"tijdstip", core::format_rfc3339(row.at)},
                   {"handeling", core::word(row.actie)},
                   {"afnemer", named(network, row.namens ? *row.namens : row.oin)}};
  if (row.namens) out["vertegenwoordiger"] = named(network, row.oin);
  out["uitwisselafspraak"] = row.agreement.str();
  const auto* dossier = network.dossier(row.agreement);
  if (dossier != nullptr && dossier->geldend) out["doel"] = dossier->geldend->inhoud.doel;
  json::array references;
  for (const auto& id : row.references) references.push_back(json::string(id.str()));
  out["verwijzingen"] = std::move(references);
  return out;
}

struct Told {
  std::vector<core::ShieldedRow> rows;
  std::string last;  ///< of which more follow; empty: these are all
};

core::Result<Told> read_told(const Exchange& exchange, core::PartyNumber holder, const core::Overview& overview,
                             const Page& page, core::ReadTier tier) {
  Told out;
  core::Result<void> decoded;
  std::string key;
  const auto prefix = core::shielded_prefix(sys_days(overview.day), holder);
  auto range = core::prefix_range(prefix);
  if (!page.after.empty()) range.from = prefix + page.after + '\0';
  const auto take = [&](std::string_view at, std::string_view value) {
    if (out.rows.size() == page.count) {
      out.last = key.substr(prefix.size());
      return false;
    }
    auto row = core::decode_shielded(value);
    if (!row) decoded = std::unexpected(std::move(row).error());
    if (row) out.rows.push_back(std::move(*row));
    key = at;
    return decoded.has_value();
  };
  auto scanned = exchange.gateway.store.scan(core::Family::kMeta, range, take, tier);
  if (!scanned) return std::unexpected(std::move(scanned).error());
  if (!decoded) return std::unexpected(std::move(decoded).error());
  return out;
}

asio::awaitable<Reply> get_overview(Exchange& exchange) {
  auto page = read_page(exchange, {});
  if (!page) co_return std::unexpected(std::move(page).error());
  const auto day = parse_day(exchange.param("dag"));
  const sys_days newest(core::newest_overview(exchange.now).day);
  if (!day || sys_days(*day) > newest || newest - sys_days(*day) >= days{core::kOverviewDays}) {
    co_return refusal(core::ProblemCode::kNotFound,
                      "Van die dag is er geen overzicht (meer, of nog niet): GET /v1/afschermingsoverzichten noemt de "
                      "dagen. Een overzicht komt kort na zes uur 's ochtends.");
  }
  const auto overview = core::overview_of(*day);
  Told told;
  if (const auto holder = exchange.view->parties->number(exchange.caller)) {
    auto read = [&](core::ReadTier tier) { return read_told(exchange, *holder, overview, *page, tier); };
    auto found = co_await read_store(exchange.gateway.blocking, read);
    if (!found) co_return refusal(found.error());
    told = std::move(*found);
  }
  json::array rows;
  for (const auto& row : told.rows) rows.push_back(row_json(*exchange.view->network, row));
  co_return co_await answer_page(exchange, "zoekvragen", std::move(rows), std::move(told.last));
}

}  // namespace

Routes overview_routes() {
  const std::vector holders{core::Role::kBronhouder};
  Routes rows;
  rows.push_back(reading_with_query(kBase, "afschermingsoverzichten inzien", list_overviews, holders));
  rows.push_back(
      reading_with_query("/v1/afschermingsoverzichten/{dag}", "afschermingsoverzicht inzien", get_overview, holders));
  return rows;
}

}  // namespace wissel::transport
