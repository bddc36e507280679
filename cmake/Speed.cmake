# Faster rebuilds where the tools are there: ccache for compiling, mold for linking.
# Include it before the first target.
include_guard(GLOBAL)

option(SLUICE_CCACHE "Compile through ccache when it is installed" ON)
option(SLUICE_MOLD "Link with mold when it is installed" ON)

find_program(SLUICE_CCACHE_PROGRAM ccache)
if(SLUICE_CCACHE AND SLUICE_CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The sloppiness is what ccache needs to cache files that use a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${SLUICE_CCACHE_PROGRAM})
endif()

find_program(SLUICE_MOLD_PROGRAM mold)
if(SLUICE_MOLD AND SLUICE_MOLD_PROGRAM)
    add_link_options(-fuse-ld=mold)
endif()
