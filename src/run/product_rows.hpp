// What the vectorised products of integers are given: rows of x, one for each place of a window, and panels of weights.
#pragma once

#include "kernel/window.h"
#include "run/integer_isa.hpp"

namespace tinsmith {

// Weights [outs][depth] as ProductTask has them.
std::vector<std::byte> packed_panels(const IntegerIsa& isa, const int8_t* weights, int64_t outs, int64_t depth);

class ProductRows {
public:
    ProductRows(const IntegerIsa& isa, const tin_window& window);

    // Writes the rows of places [first, first + count), at_once() at most. `padding`: a cell outside x, in_c bytes.
    void spread(const int8_t* x, int64_t first, int64_t count, const int8_t* padding, std::byte* to) const;

    int64_t depth() const { return depth_; }
    int64_t places() const { return places_; }
    int64_t steps() const { return row_bytes_ / 4; }
    // Rows that stay in the cache while all weights pass.
    int64_t at_once() const { return at_once_; }
    size_t row_bytes() const { return static_cast<size_t>(at_once_ * row_bytes_); }
    size_t panel_bytes() const { return static_cast<size_t>(steps() * isa_.panel_bytes); }

private:
    void spread_window(const int8_t* x, int64_t place, const int8_t* padding, std::byte* to) const;

    const IntegerIsa& isa_;
    tin_window window_;
    int64_t depth_, row_bytes_, places_, at_once_;
};

}  // namespace tinsmith
