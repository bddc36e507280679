# sluice_warnings: link it PRIVATE to every target of our own.
# -Wrestrict is off: g++ 12 reports it wrongly for std::string (GCC bug 105329).
include_guard(GLOBAL)

option(SLUICE_WERROR "A warning stops the build" OFF)

add_library(sluice_warnings INTERFACE)
target_compile_options(sluice_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-restrict
    $<$<BOOL:${SLUICE_WERROR}>:-Werror>)
