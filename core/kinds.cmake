# Every node kind: adds its .cpp and its line in the catalog.
set(SLUICE_KINDS
    destinations/kql_database_destination
)
