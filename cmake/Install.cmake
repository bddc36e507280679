# The installed tree; it can be moved as a whole. Include it after the programs exist as targets.
#
#   bin/sluice, bin/sluice-designer     lib/sluice/libduckdb.so
#   share/applications/sluice.desktop   share/icons/hicolor/scalable/apps/sluice.svg
#   share/doc/sluice/                   licences of Sluice and of what is shipped with it
#
# SLUICE_PROGRAMS names the targets; those that this build does not have are left out.
include_guard(GLOBAL)

if(NOT DEFINED SLUICE_PROGRAMS)
    set(SLUICE_PROGRAMS sluice sluice-designer)
endif()

foreach(program IN LISTS SLUICE_PROGRAMS)
    if(TARGET ${program})
        set_target_properties(${program} PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/sluice")
        install(TARGETS ${program} RUNTIME DESTINATION bin)
    endif()
endforeach()

install(FILES "${SLUICE_THIRD_PARTY_DIR}/duckdb/lib/libduckdb.so" DESTINATION lib/sluice
    PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

if(SLUICE_BUILD_UI)
    install(FILES "${PROJECT_SOURCE_DIR}/resources/sluice.desktop" DESTINATION share/applications)
    install(FILES "${PROJECT_SOURCE_DIR}/resources/icons/sluice.svg"
        DESTINATION share/icons/hicolor/scalable/apps)
endif()

set(doc_dir share/doc/sluice)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/NOTICE" DESTINATION ${doc_dir})
install(FILES "${PROJECT_SOURCE_DIR}/README.md" DESTINATION ${doc_dir} OPTIONAL)
install(DIRECTORY "${SLUICE_THIRD_PARTY_DIR}/duckdb/licences/" DESTINATION ${doc_dir}/licences/duckdb)
if(NOT SLUICE_SYSTEM_RDKAFKA)
    install(DIRECTORY "${SLUICE_THIRD_PARTY_DIR}/librdkafka/licences/"
        DESTINATION ${doc_dir}/licences/librdkafka)
endif()
