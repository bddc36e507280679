#include "core/base/value_place.h"

#include <algorithm>
#include <charconv>

namespace sluice {

namespace {

/// Takes the first name off a place.
std::string takeName(std::string_view &place)
{
    place.remove_prefix(1);
    const std::size_t end = std::min(place.find('/'), place.size());
    std::string name;
    for (std::size_t i = 0; i < end; ++i) {
        if (place[i] == '~' && i + 1 < end) {
            name += place[i + 1] == '1' ? '/' : '~';
            ++i;
        } else {
            name += place[i];
        }
    }
    place.remove_prefix(end);
    return name;
}

/// The entry of a list that a name means; null when it is no number, or too large.
template<typename List>
auto *listEntry(List &list, const std::string &name)
{
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    const bool there =
        error == std::errc() && end == name.data() + name.size() && index < list.size();
    return there ? &list[index] : nullptr;
}

Value *mapEntry(Value &value, const std::string &name)
{
    if (ValueMap *map = value.asMap()) {
        for (auto &[key, entry] : *map) {
            if (key == name)
                return &entry;
        }
    }
    return nullptr;
}

} // namespace

const Value *valueAt(const Value &value, std::string_view place)
{
    if (place.empty())
        return &value;
    if (place.front() != '/')
        return nullptr;
    const std::string name = takeName(place);
    const Value *next =
        value.asList() != nullptr ? listEntry(*value.asList(), name) : value.find(name);
    return next == nullptr ? nullptr : valueAt(*next, place);
}

bool setValueAt(Value &value, std::string_view place, Value part)
{
    if (place.empty()) {
        value = std::move(part);
        return true;
    }
    if (place.front() != '/')
        return false;
    const std::string name = takeName(place);
    Value *next =
        value.asList() != nullptr ? listEntry(*value.asList(), name) : mapEntry(value, name);
    if (next != nullptr)
        return setValueAt(*next, place, std::move(part));
    if (!place.empty() || value.asMap() == nullptr)
        return false;
    value.set(name, std::move(part));
    return true;
}

std::string placeOf(std::initializer_list<std::string_view> names)
{
    std::string place;
    for (const std::string_view name : names) {
        place += '/';
        for (const char c : name) {
            if (c == '~')
                place += "~0";
            else if (c == '/')
                place += "~1";
            else
                place += c;
        }
    }
    return place;
}

} // namespace sluice
