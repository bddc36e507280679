// parse_xml.
#include "core/kql/function.h"
#include "core/kql/xml_text.h"

namespace sluice::kql {

namespace {

std::string_view parseXml(Call &call, std::string_view text)
{
    call.scratch.text.clear();
    if (!xmlToJson(text, &call.scratch.text))
        return {};
    return call.keep(call.scratch.text);
}

} // namespace

std::vector<Function> xmlFunctions()
{
    return {
        {.name = "parse_xml",
         .help = "XML as a dynamic value; null for text that is none.",
         .example = "parse_xml(body).order.customer",
         .overloads = {{"xml: string -> dynamic", rows<parseXml>}}},
    };
}

} // namespace sluice::kql
