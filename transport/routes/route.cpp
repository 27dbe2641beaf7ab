#include "transport/routes/route.hpp"

#include <utility>

namespace wissel::transport {

Route reading(std::string_view path, std::string_view name, Handle handle, std::vector<core::Role> roles) {
  return {.method = Method::kGet,
          .path = path,
          .name = name,
          .actie = core::Actie::kInzien,
          .roles = std::move(roles),
          .accepts = {},
          .gives = {kJson},
          .on_behalf = core::RepresentedAct::kInzien,
          .handle = std::move(handle)};
}

Route reading_with_query(std::string_view path, std::string_view name, Handle handle, std::vector<core::Role> roles) {
  auto out = reading(path, name, std::move(handle), std::move(roles));
  out.reads_query = true;
  return out;
}

Route changing(Method method, std::string_view path, std::string_view name, Takes body, Handle handle,
               std::vector<core::Role> roles) {
  Route out{.method = method,
            .path = path,
            .name = name,
            .actie = core::Actie::kBeheren,
            .roles = std::move(roles),
            .accepts = {},
            .gives = {},
            .handle = std::move(handle)};
  if (body == Takes::kBody) out.accepts = {kJson};
  if (method != Method::kDelete) out.gives = {kJson};
  if (method == Method::kPost) out.idempotency = Idempotency::kHonoured;
  return out;
}

}  // namespace wissel::transport
