# Run by the build: writes OUTPUT, a source that holds the bytes of INPUT.
file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "(................................................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE "${OUTPUT}" "// Made by cmake/EmbedOpenapi.cmake.
#include \"transport/routes/openapi_document.hpp\"

namespace wissel::transport {
namespace {
constexpr char kDocument[] = {\n${bytes}};
}  // namespace

std::string_view openapi_document() { return {kDocument, sizeof kDocument}; }

}  // namespace wissel::transport
")
