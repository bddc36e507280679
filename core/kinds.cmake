# Every node kind: adds its .cpp and its line in the catalog.
set(SLUICE_KINDS
    sources/file_source
    sources/kafka_source
    sources/sample_data_source
    operators/aggregate
    operators/deduplicate
    operators/filter
    operators/group_by
    operators/join
    operators/kql
    operators/manage_fields
    destinations/discard_destination
    destinations/file_destination
    destinations/kafka_destination
    destinations/kql_database_destination
)
