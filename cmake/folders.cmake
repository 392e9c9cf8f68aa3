# One library a folder of src/. What a folder may use is what it may include:
# tools/check_includes holds the same table against the sources.
function(statewire_folder name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|/main\\.cc$|/compile_catalog\\.cc$")
  if(NOT sources)
    add_library(statewire_${name} INTERFACE)
    target_include_directories(statewire_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(statewire_${name} INTERFACE ${ARGN})
    return()
  endif()
  add_library(statewire_${name} STATIC ${sources})
  target_include_directories(statewire_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(statewire_${name} PUBLIC ${ARGN})
  statewire_precompile(statewire_${name} REUSE_FROM statewire_base)
  statewire_unity(statewire_${name})
endfunction()

statewire_folder(base OpenSSL::Crypto fmt::fmt PkgConfig::XXHASH Threads::Threads
                 simdjson::simdjson Boost::headers)
statewire_folder(pattern statewire_base simdjson::simdjson PkgConfig::RE2)
statewire_folder(lines statewire_base statewire_pattern simdjson::simdjson)
statewire_folder(config statewire_base yaml-cpp)
statewire_folder(net statewire_base OpenSSL::SSL CURL::libcurl Boost::headers ZLIB::ZLIB)
statewire_folder(model statewire_base)
statewire_folder(aws statewire_base statewire_model statewire_config statewire_net simdjson::simdjson ZLIB::ZLIB
                 EXPAT::EXPAT)
statewire_folder(track statewire_base statewire_model statewire_pattern)
statewire_folder(store statewire_base statewire_model statewire_config)
statewire_folder(backup statewire_base statewire_config statewire_aws statewire_store)
statewire_folder(format statewire_base statewire_model statewire_config Boost::json)
statewire_folder(catalog statewire_base statewire_model statewire_config statewire_pattern)
statewire_folder(deploy statewire_base statewire_catalog yaml-cpp)
statewire_folder(inventory statewire_base statewire_model statewire_config statewire_aws
                 simdjson::simdjson yaml-cpp)
statewire_folder(enrich statewire_base statewire_model statewire_config statewire_aws)
statewire_folder(sources statewire_base statewire_model statewire_config statewire_aws
                 simdjson::simdjson ZLIB::ZLIB date::date-tz)
statewire_folder(sinks statewire_base statewire_model statewire_config statewire_aws
                 statewire_format)
statewire_folder(route statewire_base statewire_model statewire_config statewire_pattern
                 statewire_format)
statewire_folder(ingest statewire_base statewire_model statewire_config statewire_pattern
                 statewire_sources statewire_catalog statewire_track statewire_inventory
                 statewire_store)
statewire_folder(delivery statewire_base statewire_model statewire_config statewire_store
                 statewire_route statewire_format statewire_enrich statewire_sinks)
statewire_folder(api statewire_ingest statewire_delivery statewire_net prometheus-cpp::core)
statewire_folder(app statewire_api statewire_backup)
statewire_folder(lambda statewire_app)
statewire_folder(cli statewire_lambda statewire_lines statewire_deploy CLI11::CLI11)

# The templates of deploy/ are in the program, as texts.
foreach(template hub spoke serverless service)
  set(path ${CMAKE_SOURCE_DIR}/src/deploy/${template}.yaml)
  file(READ ${path} ${template}_template)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
endforeach()
configure_file(src/deploy/model_texts.cc.in ${CMAKE_BINARY_DIR}/model_texts.cc @ONLY)
target_sources(statewire_deploy PRIVATE ${CMAKE_BINARY_DIR}/model_texts.cc)

if(STATEWIRE_ROCKSDB AND TARGET statewire_store)
  get_target_property(kind statewire_store TYPE)
  if(kind STREQUAL "STATIC_LIBRARY")
    target_link_libraries(statewire_store PRIVATE RocksDB::rocksdb-shared)
    target_compile_definitions(statewire_store PRIVATE STATEWIRE_ROCKSDB)
  endif()
endif()

# The catalog is compiled into the program: no YAML is read at start.
file(GLOB_RECURSE catalog_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/catalog/*.yaml)
if(EXISTS ${CMAKE_SOURCE_DIR}/src/catalog/compile_catalog.cc)
  add_executable(compile_catalog src/catalog/compile_catalog.cc)
  target_link_libraries(compile_catalog statewire_catalog)
  set(compiled_catalog ${CMAKE_BINARY_DIR}/compiled_catalog.cc)
  add_custom_command(OUTPUT ${compiled_catalog}
    COMMAND compile_catalog ${CMAKE_SOURCE_DIR}/catalog ${compiled_catalog}
    DEPENDS compile_catalog ${catalog_files} COMMENT "compiling the catalog")
  add_library(statewire_compiled_catalog STATIC ${compiled_catalog})
  target_link_libraries(statewire_compiled_catalog PUBLIC statewire_catalog)
endif()

if(EXISTS ${CMAKE_SOURCE_DIR}/src/cli/main.cc)
  add_executable(statewire src/cli/main.cc)
  target_link_libraries(statewire statewire_cli statewire_compiled_catalog)
  target_compile_definitions(statewire_cli PRIVATE STATEWIRE_VERSION="${PROJECT_VERSION}")
endif()

# The program with one deliberate fault: it acknowledges before the commit. The crash test must
# find it, or it proves nothing. Its file is compiled alone, so that it replaces the library's.
set_source_files_properties(src/ingest/ingest.cc PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
if(STATEWIRE_TESTS AND NOT STATEWIRE_SANITIZE AND TARGET statewire)
  add_executable(statewire_faulty src/cli/main.cc src/ingest/ingest.cc)
  target_compile_definitions(statewire_faulty PRIVATE STATEWIRE_FAULT_ACK_BEFORE_COMMIT)
  target_link_libraries(statewire_faulty statewire_cli statewire_compiled_catalog)
endif()
