find_package(GTest REQUIRED)

# Runs a test program in a few pieces: a process for each of its tests would cost more than most of
# them do, with sanitizers tenfold. A third argument says how many seconds a piece takes, about: long
# ones begin first, as one that begins last is waited for alone.
function(statewire_gtest name program)
  set(pieces 4)
  foreach(piece RANGE 1 ${pieces})
    math(EXPR index "${piece} - 1")
    add_test(NAME ${name}.${piece} COMMAND ${program} --gtest_brief=1)
    set_tests_properties(${name}.${piece} PROPERTIES
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${pieces};GTEST_SHARD_INDEX=${index}")
    if(ARGC GREATER 2)
      set_tests_properties(${name}.${piece} PROPERTIES COST ${ARGV2})
    endif()
  endforeach()
endfunction()

# They replace the memory of their whole program.
set_source_files_properties(src/pattern/pattern_allocation_test.cc src/lines/line_allocation_test.cc
                            PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
# The templates of a whole library: without optimisation they take a minute.
set_source_files_properties(src/format/schema_test.cc PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
                            SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS -O1)

# One test program a folder, of every *_test.cc beside the code. ThreadSanitizer has nothing to see
# in folders that work on one thread.
set(on_threads base net aws enrich store backup sources sinks ingest delivery api app lambda cli)
set(on_one_thread pattern lines config model catalog track inventory format route deploy)
if(STATEWIRE_SANITIZE STREQUAL "thread")
  set(on_one_thread)
endif()
foreach(name ${on_threads} ${on_one_thread})
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*_test.cc)
  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test statewire_${name} GTest::gtest_main)
    if(TARGET statewire_compiled_catalog)
      target_link_libraries(${name}_test statewire_compiled_catalog)
    endif()
    if(STATEWIRE_ROCKSDB)
      target_compile_definitions(${name}_test PRIVATE STATEWIRE_ROCKSDB)
    endif()
    if(name STREQUAL "store" AND STATEWIRE_ROCKSDB)
      target_link_libraries(${name}_test RocksDB::rocksdb-shared)
    endif()
    target_compile_definitions(${name}_test PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    # What they test is optimised; they themselves are compiled in a half to a third of the time.
    target_compile_options(${name}_test PRIVATE -O0)
    statewire_precompile(${name}_test REUSE_FROM base_test AND <gtest/gtest.h>)
    statewire_unity(${name}_test)
    statewire_gtest(${name} ${name}_test)
  endif()
endforeach()

# What comes from PyPI; a test that needs it requires the fixture `packages`.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(STATEWIRE_TEST_PYTHON ${CMAKE_SOURCE_DIR}/build-packages/venv/bin/python)
if(TARGET statewire AND STATEWIRE_ROCKSDB)
  add_test(NAME packages.python
           COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tests/packages.py)
  set_tests_properties(packages.python PROPERTIES FIXTURES_SETUP packages TIMEOUT 600)
endif()

# Tests that need the whole program: tests/<name>/CMakeLists.txt.
file(GLOB suites CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*/CMakeLists.txt
     ${CMAKE_SOURCE_DIR}/fuzz/CMakeLists.txt)
foreach(suite ${suites})
  get_filename_component(folder ${suite} DIRECTORY)
  file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR} ${folder})
  add_subdirectory(${folder} ${CMAKE_BINARY_DIR}/${relative})
endforeach()
