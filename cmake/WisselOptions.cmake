# One INTERFACE target carries language level, warnings and sanitizers. Only our own targets link it, so that
# third-party code is never built or judged with our flags.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(wissel_options INTERFACE)
target_compile_options(wissel_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  $<$<BOOL:${WISSEL_WERROR}>:-Werror>
  # g++ 12 reports uses of uninitialised or freed memory inside inlined library code at -O2; clang and the
  # sanitizers judge these instead.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict -Wno-mismatched-new-delete
    -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-dangling-reference>
  -fno-omit-frame-pointer -fstack-protector-strong)
target_include_directories(wissel_options INTERFACE "${CMAKE_SOURCE_DIR}")

if(WISSEL_SANITIZE)
  target_compile_options(wissel_options INTERFACE -fsanitize=${WISSEL_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(wissel_options INTERFACE -fsanitize=${WISSEL_SANITIZE})
endif()

# The compiler cache serves several checkouts of the same sources, so paths are made relative.
find_program(WISSEL_CCACHE ccache)
if(WISSEL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${WISSEL_CCACHE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  add_link_options(-fuse-ld=lld)
else()
  find_program(WISSEL_MOLD mold)
  if(WISSEL_MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()
