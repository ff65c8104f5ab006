#include "run/product_rows.hpp"

#include <algorithm>
#include <cstring>

namespace tinsmith {

// Bytes of rows that stay in the cache, and how few of them are still worth a panel of weights.
static constexpr int64_t cached_bytes = 64 << 10, fewest_rows = 48, most_rows = 1024;

// Panels of isa.vectors vectors of output channels, the last one narrower; in each, for every isa.step inputs: step weights of
// each channel.
std::vector<std::byte> packed_panels(const IntegerIsa& isa, const int8_t* weights, int64_t outs, int64_t depth) {
    const int64_t vectors = (outs + isa.lanes - 1) / isa.lanes, steps = (depth + isa.step - 1) / isa.step;
    std::vector<std::byte> bytes;
    bytes.reserve(static_cast<size_t>(vectors * isa.lanes * steps * isa.step));
    for (int64_t first = 0; first < vectors; first += isa.vectors)
        for (int64_t k = 0; k < steps * isa.step; k += isa.step)
            for (int64_t out = first * isa.lanes; out < std::min(first + isa.vectors, vectors) * isa.lanes; ++out)
                for (int64_t in = k; in < k + isa.step; ++in)
                    bytes.push_back(out < outs && in < depth ? static_cast<std::byte>(weights[out * depth + in])
                                                             : std::byte{0});
    return bytes;
}

ProductRows::ProductRows(const IntegerIsa& isa, const tin_window& window)
    : isa_(isa),
      window_(window),
      depth_(window.kernel_h * window.kernel_w * window.in_c),
      row_bytes_((depth_ + isa.step - 1) / isa.step * 4),
      places_(window.batch * window.out_h * window.out_w),
      at_once_(std::min(places_, std::clamp(cached_bytes / row_bytes_, fewest_rows, most_rows) / isa.rows * isa.rows)) {}

void ProductRows::spread(const int8_t* x, int64_t first, int64_t count, const int8_t* padding, std::byte* to) const {
    const tin_window& w = window_;
    const bool as_they_lie = depth_ == w.in_c && w.stride_h == 1 && w.stride_w == 1 && w.in_h == w.out_h && w.in_w == w.out_w &&
                             w.pad_top == 0 && w.pad_left == 0;
    if (as_they_lie && depth_ % isa_.step == 0) return isa_.spread(x + first * depth_, count * depth_, to);
    for (int64_t place = first; place < first + count; ++place, to += row_bytes_) {
        std::memset(to + row_bytes_ - 4, 0, 4);
        if (as_they_lie)
            isa_.spread(x + place * depth_, depth_, to);
        else
            spread_window(x, place, padding, to);
    }
}

void ProductRows::spread_window(const int8_t* x, int64_t place, const int8_t* padding, std::byte* to) const {
    const tin_window& w = window_;
    const int64_t top = place / w.out_w % w.out_h * w.stride_h - w.pad_top, left = place % w.out_w * w.stride_w - w.pad_left;
    const int8_t* image = x + place / (w.out_w * w.out_h) * w.in_h * w.in_w * w.in_c;
    const tin_span inside = tin_cells_inside(left, w.kernel_w, w.dilation_w, w.in_w);
    const int64_t cell_bytes = w.in_c * 4 / isa_.step, run = w.dilation_w == 1 ? inside.end - inside.first : 1;
    for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
        const int64_t at_y = top + ky * w.dilation_h;
        const bool on_x = at_y >= 0 && at_y < w.in_h;
        const int8_t* line = image + at_y * w.in_w * w.in_c;
        for (int64_t kx = 0; kx < w.kernel_w;) {
            const bool there = on_x && kx >= inside.first && kx < inside.end;
            const int64_t cells = there ? run : 1;
            isa_.spread(there ? line + (left + kx * w.dilation_w) * w.in_c : padding, cells * w.in_c, to);
            kx += cells;
            to += cells * cell_bytes;
        }
    }
}

}  // namespace tinsmith
