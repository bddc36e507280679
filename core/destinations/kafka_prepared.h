#pragma once

#include "core/destinations/kafka_keys.h"
#include "core/destinations/kafka_record.h"
#include "core/node/destination.h"

#include <cstdint>
#include <vector>

namespace sluice {

/// One batch with its keys. The payloads are the records themselves, or lie in `bytes`.
struct KafkaPrepared : Prepared
{
    bool whole = false;
    KafkaKeyList keyList; // one a selected row, sent or not; empty: no keys
    // One a row that is to be sent:
    std::vector<std::uint16_t> rows;
    std::vector<std::size_t> starts; // its payload in `bytes`
    std::vector<std::size_t> ends;
    std::vector<std::uint16_t> keyOf; // its place in `keyList`

    KafkaOutMessage message(std::size_t i) const
    {
        KafkaOutMessage message;
        message.payload = whole ? batch.raw->record(rows[i])
                                : bytes.view().substr(starts[i], ends[i] - starts[i]);
        if (keyList.ends.empty())
            return message;
        const std::size_t place = keyOf[i];
        const std::size_t begin = place == 0 ? 0 : keyList.ends[place - 1];
        message.key = keyList.bytes.view().substr(begin, keyList.ends[place] - begin);
        message.hasKey = keyList.present[place];
        return message;
    }
};

} // namespace sluice
