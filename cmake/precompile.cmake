# The headers that most files read are read once, with the folder `base`, and by the tests once more
# with GoogleTest. Every file still includes what it uses: STATEWIRE_PRECOMPILE=OFF builds without.
function(statewire_precompile target)
  if(NOT STATEWIRE_PRECOMPILE)
    return()
  endif()
  cmake_parse_arguments(arg "" "REUSE_FROM" "AND" ${ARGN})
  if(arg_REUSE_FROM AND NOT target STREQUAL arg_REUSE_FROM)
    target_precompile_headers(${target} REUSE_FROM ${arg_REUSE_FROM})
    return()
  endif()
  target_precompile_headers(${target} PRIVATE
    <algorithm> <chrono> <condition_variable> <functional> <map> <memory> <optional> <random>
    <span> <string> <string_view> <thread> <variant> <vector>
    <boost/unordered/unordered_flat_map.hpp> <simdjson.h> ${arg_AND})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # ccache compares contents, not times.
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

# Files of one folder are compiled several at once: what they include costs more than what they say.
# So a name in an anonymous namespace is given once in a folder.
function(statewire_unity target)
  if(STATEWIRE_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()
