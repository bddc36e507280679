#include "core/sources/kafka_headers.h"

#include "core/event/json_text.h"

namespace sluice {

namespace {

bool isRepeated(const rd_kafka_headers_t *headers, std::size_t index, std::string_view name)
{
    for (std::size_t i = 0; i < index; ++i) {
        const char *other = nullptr;
        const void *value = nullptr;
        std::size_t size = 0;
        if (rd_kafka_header_get_all(headers, i, &other, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR
            && name == other)
            return true;
    }
    return false;
}

} // namespace

std::string_view
kafkaHeadersJson(const rd_kafka_message_t &message, Arena &arena, ByteBuffer &scratch)
{
    rd_kafka_headers_t *headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return {};
    scratch.clear();
    scratch.append('{');
    const char *name = nullptr;
    const void *value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
        if (isRepeated(headers, i, name))
            continue;
        if (scratch.size() > 1)
            scratch.append(',');
        appendJsonString(scratch, name);
        scratch.append(':');
        if (value == nullptr)
            scratch.append("null");
        else
            appendJsonString(scratch, {static_cast<const char *>(value), size});
    }
    scratch.append('}');
    return arena.copy(scratch.view());
}

} // namespace sluice
