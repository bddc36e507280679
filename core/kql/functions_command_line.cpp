// parse_command_line.
#include "core/kql/function.h"
#include "core/kql/json_text.h"

namespace sluice::kql {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

/// Takes the program's name off the front: quotes group, backslashes mean nothing.
std::string takeProgram(std::string_view *line)
{
    std::string word;
    bool quoted = false;
    while (!line->empty() && (quoted || !isBlank(line->front()))) {
        if (line->front() == '"')
            quoted = !quoted;
        else
            word += line->front();
        line->remove_prefix(1);
    }
    return word;
}

/// Takes one argument off the front. 2n backslashes before a quote are n and the quote groups;
/// 2n+1 are n and the quote is itself; two quotes inside of quotes are one.
/// Source: Microsoft, CommandLineToArgvW
std::string takeArgument(std::string_view *line)
{
    std::string word;
    bool quoted = false;
    while (!line->empty() && (quoted || !isBlank(line->front()))) {
        std::size_t slashes = 0;
        while (slashes < line->size() && (*line)[slashes] == '\\')
            ++slashes;
        const bool beforeQuote = slashes < line->size() && (*line)[slashes] == '"';
        word.append(beforeQuote ? slashes / 2 : slashes, '\\');
        line->remove_prefix(slashes);
        if (beforeQuote) {
            line->remove_prefix(1);
            if (slashes % 2 != 0) {
                word += '"';
            } else if (quoted && line->starts_with('"')) {
                word += '"';
                line->remove_prefix(1);
            } else {
                quoted = !quoted;
            }
        } else if (slashes == 0) {
            word += line->front();
            line->remove_prefix(1);
        }
    }
    return word;
}

std::string_view parseCommandLine(Call &call, std::string_view line, std::string_view kind)
{
    if (kind != "windows" || line.empty())
        return {};
    std::string &json = call.scratch.text;
    json = "[";
    jsonQuote(takeProgram(&line), &json);
    while (true) {
        while (!line.empty() && isBlank(line.front()))
            line.remove_prefix(1);
        if (line.empty())
            break;
        json += ',';
        jsonQuote(takeArgument(&line), &json);
    }
    json += ']';
    return call.keep(json);
}

Result<std::shared_ptr<const void>> checkKind(std::span<const NodePtr> arguments)
{
    if (arguments[1]->isConstant() && arguments[1]->constant->texts[0] != "windows")
        return fail(ErrorCode::WrongArguments,
                    "'{}' is no kind of command line",
                    arguments[1]->constant->texts[0])
            .hint("The only kind is 'windows'.");
    return std::shared_ptr<const void>();
}

} // namespace

std::vector<Function> commandLineFunctions()
{
    return {
        {.name = "parse_command_line",
         .help = "The words of a command line.",
         .example = "parse_command_line(line, 'windows')[0]",
         .overloads = {{"line: text, kind: string -> dynamic", rows<parseCommandLine>, checkKind}}},
    };
}

} // namespace sluice::kql
