# sluice_add_kinds(TARGET KIND_PATH...): adds node kinds to a library, and to the catalog.
#
# A kind path such as sources/kafka_source stands for core/sources/kafka_source.cpp, which defines
# kafkaSourceDescriptor(). The function writes node_catalog_list.cpp, which defines
# builtInDescriptors() with every kind of the list, in the list's order. Called once per build tree.
include_guard(GLOBAL)

function(sluice_add_kinds target)
    get_property(already GLOBAL PROPERTY SLUICE_KINDS_LISTED)
    if(already)
        message(FATAL_ERROR "sluice_add_kinds: list all kinds in one call")
    endif()
    set_property(GLOBAL PROPERTY SLUICE_KINDS_LISTED TRUE)

    set(declarations "")
    set(entries "")
    set(names "")
    foreach(path IN LISTS ARGN)
        set(source "${PROJECT_SOURCE_DIR}/core/${path}.cpp")
        if(NOT EXISTS "${source}")
            message(FATAL_ERROR "sluice_add_kinds: the kind '${path}' has no file ${source}")
        endif()
        get_filename_component(kind "${path}" NAME)
        if(kind IN_LIST names)
            message(FATAL_ERROR "sluice_add_kinds: the kind '${kind}' is listed twice")
        endif()
        list(APPEND names "${kind}")
        target_sources(${target} PRIVATE "${source}")
        sluice_camel_case("${kind}" function)
        string(APPEND declarations "const NodeDescriptor &${function}Descriptor();\n")
        string(APPEND entries "        &${function}Descriptor(),\n")
    endforeach()

    set(list_file "${CMAKE_CURRENT_BINARY_DIR}/node_catalog_list.cpp")
    # Written only when it changes, so that a configure compiles nothing anew.
    file(CONFIGURE OUTPUT "${list_file}" @ONLY CONTENT [=[
// Written by the build from the kinds listed in sluice_add_kinds.
#include "core/node/catalog.h"
#include "core/node/node_descriptor.h"

#include <vector>

namespace sluice {

@declarations@
std::vector<const NodeDescriptor *> builtInDescriptors()
{
    return {
@entries@    };
}

} // namespace sluice
]=])
    target_sources(${target} PRIVATE "${list_file}")
    set_source_files_properties("${list_file}" PROPERTIES SKIP_AUTOGEN ON)
endfunction()

# sluice_camel_case(kafka_source result) -> kafkaSource
function(sluice_camel_case words result)
    string(REPLACE "_" ";" parts "${words}")
    set(name "")
    foreach(part IN LISTS parts)
        if(name STREQUAL "")
            set(name "${part}")
        else()
            string(SUBSTRING "${part}" 0 1 first)
            string(SUBSTRING "${part}" 1 -1 rest)
            string(TOUPPER "${first}" first)
            string(APPEND name "${first}${rest}")
        endif()
    endforeach()
    set(${result} "${name}" PARENT_SCOPE)
endfunction()
