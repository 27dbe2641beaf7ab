// GET /tlog/…: the log for public tools (C2SP tlog-tiles). It holds no personal data, so reading it is no access.
#include "core/log/stored.hpp"
#include "core/log/tile_path.hpp"
#include "transport/routes/log_notes.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kBytes = "application/octet-stream";
/// The bytes of a tile of one width never change.
constexpr std::string_view kForEver = "private, max-age=31536000, immutable";
/// A checkpoint covers every record acknowledged before the request, so it must be asked for each time.
constexpr std::string_view kEachTime = "no-cache";

Response file(std::string body, std::string_view type, std::string_view caching) {
  Response response;
  response.body = std::move(body);
  response.content_type = type;
  response.set_header("Cache-Control", std::string(caching));
  return response;
}

asio::awaitable<Reply> checkpoint(Exchange& exchange, LogNotes& notes) {
  const auto& edge = exchange.view->edge;
  co_return file(notes.note(exchange.gateway.log_identity, edge.size(), edge.root()), kText, kEachTime);
}

asio::awaitable<Reply> vkey(Exchange& exchange) {
  co_return file(exchange.gateway.log_identity.vkey + '\n', kText, kEachTime);
}

/// Whether a log of `size` has `width` hashes (or entries) of this tile.
bool reaches(std::uint64_t size, const core::TilePath& path, std::uint64_t width) {
  if (path.level >= core::kTileLevels) return false;
  const std::uint64_t hashes = size >> (8 * path.level);
  const std::uint64_t tiles = hashes / core::kTileWidth;
  return path.index < tiles || (path.index == tiles && width <= hashes % core::kTileWidth);
}

core::Result<std::string> read_tile(const Exchange& exchange, const core::TilePath& path, std::uint64_t width,
                                    core::ReadTier tier) {
  const core::StoredTiles full(exchange.gateway.store, tier);
  const core::EdgeTiles tiles(exchange.view->edge, full);
  return tiles.tile(path.level, path.index, width);
}

core::Result<std::string> read_bundle(const Exchange& exchange, const core::TilePath& path, std::uint64_t width) {
  auto packed = core::read_entries(exchange.gateway.store, exchange.view->edge.size(), path.index, width);
  if (!packed) return packed;
  return core::entry_bundle(*packed);
}

asio::awaitable<Reply> tile(Exchange& exchange) {
  const auto path = core::parse_tile_path(exchange.param("path"));
  const std::uint64_t width = path && path->width ? *path->width : core::kTileWidth;
  if (!path || !reaches(exchange.view->edge.size(), *path, width)) {
    co_return refusal(core::ProblemCode::kNotFound, "Deze tegel is er niet, of nog niet in deze breedte.");
  }
  core::Result<std::string> bytes;
  if (path->entries) {
    auto read = [&] { return read_bundle(exchange, *path, width); };
    bytes = co_await run_blocking(exchange.gateway.blocking, read);
  } else {
    auto read = [&](core::ReadTier tier) { return read_tile(exchange, *path, width, tier); };
    bytes = co_await read_store(exchange.gateway.blocking, read);
  }
  if (!bytes) {
    exchange.gateway.log.error("tile not served", {{"code", core::to_string(bytes.error().code)},
                                                   {"detail", std::string_view(bytes.error().detail)}});
    co_return refusal(bytes.error());
  }
  co_return file(std::move(*bytes), kBytes, kForEver);
}

Route row(std::string_view path, std::string_view name, std::function<asio::awaitable<Reply>(Exchange&)> handle) {
  return {.method = Method::kGet,
          .path = path,
          .name = name,
          .actie = core::Actie::kInzien,
          .roles = {},
          .accepts = {},
          .gives = {},
          .access = false,
          .handle = std::move(handle)};
}

}  // namespace

Routes tlog_routes() {
  // Shared by the copies of its row.
  auto notes = std::make_shared<LogNotes>();
  Routes rows;
  rows.push_back(row("/tlog/checkpoint", "checkpoint van het log",
                     [notes](Exchange& exchange) { return checkpoint(exchange, *notes); }));
  rows.push_back(row("/tlog/vkey", "sleutel van het log", vkey));
  rows.push_back(row("/tlog/tile/{path*}", "tegel van het log", tile));
  return rows;
}

}  // namespace wissel::transport
