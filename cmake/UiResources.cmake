# What the window carries inside: themes, and the icons of resources/icons drawn for this project.
set(SLUICE_UI_ICONS
    aggregate bell chart check chevron-down chevron-left chevron-right chevron-up clock close
    copy cut database deduplicate discard duplicate edit error expand export fields file filter
    fit function grip group help history http info join kafka key kql metadata minus more new open paste
    pause pin play plus redo refresh route sample sampling save score search settings stop
    table trash undo union unknown warning window
)
list(TRANSFORM SLUICE_UI_ICONS PREPEND ${PROJECT_SOURCE_DIR}/resources/icons/)
list(TRANSFORM SLUICE_UI_ICONS APPEND .svg)

qt_add_resources(sluice_ui sluice_ui_resources
    PREFIX /sluice
    BASE ${PROJECT_SOURCE_DIR}/resources
    FILES ${PROJECT_SOURCE_DIR}/resources/themes/theme.json
          ${PROJECT_SOURCE_DIR}/resources/icons/sluice.svg
          ${SLUICE_UI_ICONS})
