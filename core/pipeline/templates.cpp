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
         "Heat per machine every ten seconds, and readings far from the mean of the last minute.",
         template_texts::factory_telemetry},
        {"log_analytics",
         "Log analytics",
         "Error rate of each service every ten seconds, and slow requests, into tables.",
         template_texts::log_analytics},
        {"fraud_detection",
         "Fraud detection",
         "Rates payments by their card's last minute and blocks the worst. The risk is an "
         "expression; a score node in its place asks a model.",
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
