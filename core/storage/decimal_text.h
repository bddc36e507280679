#pragma once

#include "core/storage/value_text.h"

#include <cstddef>
#include <string_view>

struct _duckdb_vector; // DuckDB's handles are pointers to these
struct _duckdb_connection;

namespace sluice {

/// A sign, 39 digits, a point and a leading zero.
inline constexpr std::size_t kDecimalTextBytes = 44;

/// `value` divided by 10^scale as kernels write decimals: no zeros behind the point, no bare point.
/// @param out  kDecimalTextBytes. @return  bytes written
std::size_t formatDecimal(Int128 value, int scale, char *out);

/// The values of a DuckDB vector of some DECIMAL(w,s), whichever width it is held in.
class DecimalVector
{
public:
    explicit DecimalVector(_duckdb_vector *vector);
    /// Whether the vector is one of decimals.
    bool isDecimal() const { return m_bytes != 0; }
    /// @param buffer  kDecimalTextBytes that the text lies in
    std::string_view text(std::size_t row, char *buffer) const;

private:
    const void *m_data = nullptr;
    std::size_t m_bytes = 0; // of a value: 2, 4, 8 or 16
    int m_scale = 0;
};

/// Gives a connection's database the function sluice_decimal(x): the text of a DECIMAL. A cast to
/// VARCHAR takes ten times as long. @return whether DuckDB took it
bool registerDecimalText(_duckdb_connection *connection);

} // namespace sluice
