#pragma once

#include "core/base/random.h"
#include "core/kql/problem.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

struct RegexCache;

/// Memory that an Evaluator keeps from batch to batch. Thread: the evaluator's.
struct Scratch
{
    Scratch();
    ~Scratch();

    std::string text; // for the row at hand
    std::string other;
    std::vector<std::string_view> views;
    std::unique_ptr<RegexCache> regexes; // patterns that are no constants
    Random random;
    bool tooLong = false; // the row at hand made a text beyond kMaxTextBytes
    std::size_t tooLongTexts = 0;
    std::size_t keptBytes = 0; // by the kernel at hand
};

/// All texts that one function may make for one batch.
inline constexpr std::size_t kMaxKernelBytes = 256 * 1024 * 1024;

/// Builds a text in scratch memory; what passes the limit is cut, and the row becomes null.
class TextBuilder
{
public:
    explicit TextBuilder(Scratch &scratch)
        : m_scratch(scratch)
        , m_text(scratch.text)
    {
        m_text.clear();
    }
    void append(std::string_view text)
    {
        if (m_text.size() + text.size() > kMaxTextBytes)
            m_scratch.tooLong = true;
        else
            m_text.append(text);
    }
    void append(char c) { append(std::string_view(&c, 1)); }
    bool isFull() const { return m_scratch.tooLong; }
    std::string &text() { return m_text; }

private:
    Scratch &m_scratch;
    std::string &m_text;
};

} // namespace sluice::kql
