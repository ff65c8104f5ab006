// Where the cells of a depthwise layer's windows lie, for several places of a row at a time.
#pragma once

#include "kernel/window.h"

#include <algorithm>
#include <cstdint>

namespace tinsmith {

class DepthwisePlaces {
public:
    explicit DepthwisePlaces(const tin_window& window) : window_(window), inner_(inner_columns(window)) {
        constexpr int64_t cached_bytes = 16 << 10;  // of x that stay in the cache while all channels of a few places pass
        at_once_ = std::max<int64_t>(4, cached_bytes / (window.in_c * window.stride_w * window.kernel_h));
    }

    int64_t taps() const { return window_.kernel_h * window_.kernel_w; }
    int64_t advance() const { return window_.stride_w * window_.in_c; }  // bytes of x from one place to the next

    // Calls run(m) for every m places of all images of x that lie side by side, `taps` pointing to the cells of the first one's window.
    // Those outside x are `padding`, as long as a row of x.
    template <class Run>
    void each(const int8_t* x, const int8_t* padding, const int8_t** taps, Run run) const {
        const tin_window& w = window_;
        for (int64_t b = 0; b < w.batch; ++b, x += w.in_h * w.in_w * w.in_c)
            for (int64_t down = 0; down < w.out_h; ++down)
                for (int64_t across = 0, m; across < w.out_w; across += m) {
                    const bool inside = across >= inner_.first && across < inner_.end;
                    m = inside ? std::min(inner_.end - across, at_once_) : 1;
                    find(x, down, across, padding, taps);
                    run(m);
                }
    }

private:
    // The columns [first, end) of a result whose windows lie on the width of x.
    static tin_span inner_columns(const tin_window& w) {
        const int64_t reach = (w.kernel_w - 1) * w.dilation_w;
        tin_span s;
        s.first = std::min(w.out_w, (w.pad_left + w.stride_w - 1) / w.stride_w);
        const int64_t last = w.in_w - 1 - reach + w.pad_left;
        s.end = last < 0 ? 0 : std::min(w.out_w, last / w.stride_w + 1);
        s.end = std::max(s.end, s.first);
        return s;
    }

    void find(const int8_t* image, int64_t down, int64_t across, const int8_t* padding, const int8_t** taps) const {
        const tin_window& w = window_;
        const int64_t top = down * w.stride_h - w.pad_top, left = across * w.stride_w - w.pad_left;
        for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
            const int64_t at_y = top + ky * w.dilation_h;
            const int8_t* line = at_y >= 0 && at_y < w.in_h ? image + at_y * w.in_w * w.in_c : padding;
            for (int64_t kx = 0; kx < w.kernel_w; ++kx) {
                const int64_t at_x = left + kx * w.dilation_w;
                *taps++ = at_x >= 0 && at_x < w.in_w ? line + at_x * w.in_c : padding;
            }
        }
    }

    tin_window window_;
    tin_span inner_;
    int64_t at_once_;
};

}  // namespace tinsmith
