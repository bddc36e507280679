#include "core/pipeline/templates.h"

#include "core/pipeline/template_texts.h"

namespace sluice {

const std::vector<PipelineTemplate> &pipelineTemplates()
{
    static const std::vector<PipelineTemplate> templates{
        {"watch_a_sample",
         "Watch a sample",
         "Factory sensors, filtered and reshaped, into a table: runs at once, needs nothing.",
         template_texts::watch_a_sample},
        {"kafka_to_table",
         "Kafka to a table",
         "Reads a Kafka topic, keeps the hot readings and writes them into a database file.",
         template_texts::kafka_to_table},
        {"factory_telemetry",
         "Factory telemetry",
         "Keeps every machine reading and raises alarms for heat and vibration.",
         template_texts::factory_telemetry},
        {"log_analytics",
         "Log analytics",
         "Puts warnings and errors into a table, archives the rest, drops debug lines.",
         template_texts::log_analytics},
        {"fraud_detection",
         "Fraud detection",
         "Rates unusually large card payments and sends them to a table and a feed.",
         template_texts::fraud_detection},
    };
    return templates;
}

const PipelineTemplate *findTemplate(std::string_view name)
{
    for (const PipelineTemplate &candidate : pipelineTemplates()) {
        if (candidate.name == name)
            return &candidate;
    }
    return nullptr;
}

} // namespace sluice
