# Every library that Sluice uses, found once, as targets. Include it after project() and after the
# options SLUICE_BUILD_UI and SLUICE_BUILD_TESTS have their values.
#
# From Debian:  Boost::headers CURL::libcurl OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB Threads::Threads
#               CLI11::CLI11 fmt::fmt spdlog::spdlog tl::expected date::date date::date-tz
#               nlohmann_json::nlohmann_json simdjson::simdjson
#               sluice::paho_mqtt sluice::re2 sluice::xxhash sluice::zstd
# From installer/build, in build/third_party:  sluice::duckdb sluice::rdkafka
# With SLUICE_BUILD_UI:     Qt6::Widgets Qt6::Charts Qt6::Svg Qt6::SvgWidgets Qt6::DBus qt6keychain
# With SLUICE_BUILD_TESTS:  doctest::doctest, and Qt6::Test with the window
include_guard(GLOBAL)

set(SLUICE_THIRD_PARTY_DIR "${PROJECT_SOURCE_DIR}/build/third_party" CACHE PATH
    "Where installer/build put DuckDB and librdkafka")
option(SLUICE_SYSTEM_RDKAFKA "Link the system's librdkafka (2.6.1 or later), not our own build" OFF)

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(tl-expected REQUIRED)
find_package(date REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(eclipse-paho-mqtt-c REQUIRED)

pkg_check_modules(SLUICE_RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(SLUICE_XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(SLUICE_ZSTD REQUIRED IMPORTED_TARGET libzstd)

# sluice_library(NAME LIBRARIES...): a name of our own for libraries that come under awkward ones.
function(sluice_library name)
    add_library(sluice_dependency_${name} INTERFACE)
    target_link_libraries(sluice_dependency_${name} INTERFACE ${ARGN})
    add_library(sluice::${name} ALIAS sluice_dependency_${name})
endfunction()

sluice_library(re2 PkgConfig::SLUICE_RE2)
sluice_library(xxhash PkgConfig::SLUICE_XXHASH)
sluice_library(zstd PkgConfig::SLUICE_ZSTD)
sluice_library(paho_mqtt eclipse-paho-mqtt-c::paho-mqtt3as) # asynchronous, with TLS

# sluice_require(LIBRARY FILE): names the way out when a fetched library is not there.
function(sluice_require library file)
    if(NOT EXISTS "${file}")
        message(FATAL_ERROR
            "${library} is missing: there is no ${file}.\n"
            "Run installer/build once: it fetches and builds ${library}. If it lies elsewhere, "
            "set SLUICE_THIRD_PARTY_DIR to the folder that holds duckdb/ and librdkafka/.")
    endif()
endfunction()

set(duckdb_dir "${SLUICE_THIRD_PARTY_DIR}/duckdb")
sluice_require("DuckDB" "${duckdb_dir}/include/duckdb.h")
sluice_require("DuckDB" "${duckdb_dir}/lib/libduckdb.so")
add_library(sluice::duckdb SHARED IMPORTED GLOBAL)
set_target_properties(sluice::duckdb PROPERTIES
    IMPORTED_LOCATION "${duckdb_dir}/lib/libduckdb.so"
    IMPORTED_SONAME libduckdb.so
    INTERFACE_INCLUDE_DIRECTORIES "${duckdb_dir}/include")

if(SLUICE_SYSTEM_RDKAFKA)
    # Before 2.6.1 SCRAM fails on Kafka 4 brokers and cooperative groups can hang.
    pkg_check_modules(SLUICE_RDKAFKA REQUIRED IMPORTED_TARGET rdkafka>=2.6.1)
    sluice_library(rdkafka PkgConfig::SLUICE_RDKAFKA)
else()
    set(rdkafka_dir "${SLUICE_THIRD_PARTY_DIR}/librdkafka")
    sluice_require("librdkafka" "${rdkafka_dir}/include/librdkafka/rdkafka.h")
    sluice_require("librdkafka" "${rdkafka_dir}/lib/librdkafka.a")
    find_library(SLUICE_SASL2_LIBRARY sasl2 REQUIRED)
    add_library(sluice::rdkafka STATIC IMPORTED GLOBAL)
    # By hand: "pkg-config --static" does not name all of these.
    set_target_properties(sluice::rdkafka PROPERTIES
        IMPORTED_LOCATION "${rdkafka_dir}/lib/librdkafka.a"
        INTERFACE_INCLUDE_DIRECTORIES "${rdkafka_dir}/include"
        INTERFACE_LINK_LIBRARIES
            "CURL::libcurl;OpenSSL::SSL;OpenSSL::Crypto;ZLIB::ZLIB;sluice::zstd;${SLUICE_SASL2_LIBRARY};Threads::Threads;m;${CMAKE_DL_LIBS}")
endif()

if(SLUICE_BUILD_UI)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets Charts Svg SvgWidgets DBus Network)
    find_package(Qt6Keychain REQUIRED)
endif()

if(SLUICE_BUILD_TESTS)
    find_package(doctest REQUIRED)
    if(SLUICE_BUILD_UI)
        find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
    endif()
endif()
