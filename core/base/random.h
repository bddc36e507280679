#pragma once

#include <cstdint>
#include <string>

namespace sluice {

/// SplitMix64: small, splittable, the same on every machine.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014
class Random
{
public:
    explicit Random(std::uint64_t seed)
        : m_state(seed)
    {}

    std::uint64_t next()
    {
        std::uint64_t z = (m_state += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }
    /// Uniform in [0, 1).
    double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
    /// Uniform in [0, limit); limit > 0.
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    /// Approximately normal with mean 0 and deviation 1 (sum of twelve uniforms).
    double normal()
    {
        double sum = -6;
        for (int i = 0; i < 12; ++i)
            sum += unit();
        return sum;
    }

private:
    std::uint64_t m_state;
};

/// `bytes` random bytes of the operating system, in hexadecimal.
std::string randomId(int bytes = 8);

} // namespace sluice
