#pragma once
// The names that `velden` of an agreement may hold: the fields of ZaakStatus.
#include <span>
#include <string>
#include <string_view>

namespace wissel::core {

/// All fields, sorted: "bron", "bron.aard", … Members of a task are free and not among them. A test holds this against
/// the schema ZaakStatus in docs/openapi.
[[nodiscard]] std::span<const std::string_view> status_fields() noexcept;

/// Whether `path` names a field: one of status_fields(), or something below "taken".
[[nodiscard]] bool is_status_field(std::string_view path) noexcept;

/// The field that looks most like `path`, for whoever mistyped one.
[[nodiscard]] std::string_view nearest_status_field(std::string_view path);

}  // namespace wissel::core
