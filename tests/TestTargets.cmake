find_package(doctest REQUIRED)

# All that has the label "core": what the sanitizers build and run.
add_custom_target(core_tests)

# Tests are compiled quickly: what they test is optimized, they need not be.
function(sluice_compile_quickly name)
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# One program a room, sources listed: sluice_add_core_test(tst_base tst_units.cpp tst_result.cpp)
function(sluice_add_core_test name)
    add_executable(${name} ${ARGN} ${PROJECT_SOURCE_DIR}/tests/core/doctest_main.cpp)
    target_link_libraries(${name} PRIVATE sluice_core sluice_warnings doctest::doctest nlohmann_json::nlohmann_json)
    sluice_compile_quickly(${name})
    target_compile_definitions(${name} PRIVATE SLUICE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name} --no-version)
    set_tests_properties(${name} PROPERTIES LABELS core TIMEOUT 300)
    add_dependencies(core_tests ${name})
endfunction()

# A window test: Qt Test, offscreen; one class a program.
function(sluice_add_ui_test name)
    find_package(Qt6 REQUIRED COMPONENTS Test)
    add_executable(${name} ${ARGN})
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_link_libraries(${name} PRIVATE sluice_ui sluice_warnings Qt6::Test)
    sluice_compile_quickly(${name})
    target_compile_definitions(${name} PRIVATE SLUICE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS ui TIMEOUT 300 ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
endfunction()
