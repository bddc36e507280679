# What the window carries inside: themes, and the icons of resources/icons drawn for this project.
set(SLUICE_UI_ICONS
    bell check chevron-down chevron-left chevron-right chevron-up clock close copy cut database
    discard duplicate edit error expand fields file filter fit group help http info join kafka
    key kql minus more new open paste pause play plus redo refresh sample save search settings
    stop trash undo union unknown warning
)
list(TRANSFORM SLUICE_UI_ICONS PREPEND ${PROJECT_SOURCE_DIR}/resources/icons/)
list(TRANSFORM SLUICE_UI_ICONS APPEND .svg)

qt_add_resources(sluice_ui sluice_ui_resources
    PREFIX /sluice
    BASE ${PROJECT_SOURCE_DIR}/resources
    FILES ${PROJECT_SOURCE_DIR}/resources/themes/theme.json
          ${PROJECT_SOURCE_DIR}/resources/icons/sluice.svg
          ${SLUICE_UI_ICONS})
