# sluice_warnings: link it PRIVATE to every target of our own.
include_guard(GLOBAL)

option(SLUICE_WERROR "A warning stops the build" OFF)

add_library(sluice_warnings INTERFACE)
target_compile_options(sluice_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
    $<$<BOOL:${SLUICE_WERROR}>:-Werror>)
