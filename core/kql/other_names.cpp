#include "core/kql/other_names.h"

namespace sluice::kql {

// Source: Stream Analytics' function pages that are marked valid for Fabric's event streams; its
// positions count from 1, KQL's from 0.
const std::vector<OtherName> &otherNames()
{
    static const std::vector<OtherName> names{
        {"ABS", "abs", "abs(number)"},
        {"CEILING", "ceiling", "ceiling(number)"},
        {"CHARINDEX", "indexof", "indexof(text, lookup) + 1"},
        {"CONCAT", "strcat", "strcat(text, more)"},
        {"CONCAT_WS", "strcat_delim", "strcat_delim(',', text, more)"},
        {"DATEADD", "datetime_add", "datetime_add('day', amount, moment)"},
        {"DATEDIFF", "datetime_diff", "datetime_diff('day', later, moment)"},
        {"DATENAME", "format_datetime", "format_datetime(moment, 'yyyy-MM')"},
        {"DATEPART", "datetime_part", "datetime_part('hour', moment)"},
        {"DATETIMEFROMPARTS",
         "make_datetime",
         "make_datetime(year, month, day, hour, minute, second)"},
        {"DAY", "dayofmonth", "dayofmonth(moment)"},
        {"EXP", "exp", "exp(number)"},
        {"FLOOR", "floor", "floor(number, 1)"},
        {"LEFT", "substring", "substring(text, 0, length)"},
        {"LEN", "strlen", "strlen(text)"},
        {"LOWER", "tolower", "tolower(text)"},
        {"LTRIM", "trim_start", "trim_start(' +', text)"},
        {"MONTH", "monthofyear", "monthofyear(moment)"},
        {"NCHAR", "unicode_codepoints_to_string", "unicode_codepoints_to_string(code)"},
        {"PATINDEX", "indexof_regex", "indexof_regex(text, 'pattern') + 1"},
        {"POWER", "pow", "pow(number, exponent)"},
        {"REGEXMATCH", "matches regex", "text matches regex 'pattern'"},
        {"REPLACE", "replace_string", "replace_string(text, lookup, replacement)"},
        {"REPLICATE", "strrep", "strrep(text, times)"},
        {"REVERSE", "reverse", "reverse(text)"},
        {"RIGHT", "substring", "substring(text, strlen(text) - length)"},
        {"ROUND", "round", "round(number, digits)"},
        {"RTRIM", "trim_end", "trim_end(' +', text)"},
        {"SIGN", "sign", "sign(number)"},
        {"SPACE", "strrep", "strrep(' ', times)"},
        {"SQRT", "sqrt", "sqrt(number)"},
        {"SQUARE", "pow", "pow(number, 2)"},
        {"STUFF",
         "substring",
         "strcat(substring(text, 0, start - 1), replacement, substring(text, start - 1 + length))"},
        {"SUBSTRING", "substring", "substring(text, start - 1, length)"},
        {"TRANSLATE", "translate", "translate(search, replacement, text)"},
        {"TRIM", "trim", "trim(' +', text)"},
        {"UNICODE",
         "unicode_codepoints_from_string",
         "toint(unicode_codepoints_from_string(text)[0])"},
        {"UPPER", "toupper", "toupper(text)"},
        {"YEAR", "getyear", "getyear(moment)"},
    };
    return names;
}

} // namespace sluice::kql
