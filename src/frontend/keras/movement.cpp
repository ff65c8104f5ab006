// Layers that move elements about.
#include "frontend/keras/layers.hpp"

#include <numeric>

namespace tinsmith::keras {

namespace {

constexpr int64_t limit = int64_t{1} << 31;

// "padding" or "cropping": [before, after] for each spatial axis, one number for both, or one for everything.
void read_borders(const LayerReader& r, const char* key, size_t axes, Ints& before, Ints& after) {
    check(r.rank() == static_cast<int64_t>(axes) + 2, "the input has shape {}", to_string(r.shape()));
    const size_t first = r.channels_first() ? 2 : 1;
    before.assign(axes + 2, 0);
    after = before;
    check(r.has(key), "'{}' is missing", key);
    const Json& all = r.config()[key];
    for (size_t i = 0; i < axes; ++i) {
        const bool whole = !all.is_array() || (axes == 1 && all.size() == 2 && !all[0].is_array());
        check(whole || all.size() == axes, "'{}' has {} entries for {} axes", key, all.size(), axes);
        const Ints pair = integers_of(whole ? all : all[i], key);
        check(pair.size() == 1 || pair.size() == 2, "'{}' is {}", key, json_excerpt(all));
        before[first + i] = pair[0];
        after[first + i] = pair.back();
        for (int64_t n : pair) check(n >= 0 && n < limit, "'{}' contains {}", key, n);
    }
}

size_t spatial_axes(const LayerReader& r) {
    const std::string kind = r.kind();
    return static_cast<size_t>(kind[kind.size() - 2] - '0');
}

}  // namespace

std::vector<ValueId> flatten(LayerReader& r) {
    const ValueId x = r.rank() > 2 ? to_channels_last(r, r.input()) : r.input();
    const Shape& s = r.m.shape(x);
    check(!s.empty(), "the input is a scalar");
    return {r.m.reshape(x, {s[0], s[0] == 0 ? 0 : element_count(s) / s[0]})};
}

std::vector<ValueId> reshape(LayerReader& r) {
    Shape to = r.integers("target_shape");
    const int64_t batch = r.shape().empty() ? 1 : r.shape()[0], each = element_count(r.shape()) / std::max<int64_t>(batch, 1);
    int64_t known = 1, *open = nullptr;
    for (int64_t& n : to) {
        check(n >= -1 && n < limit && known < limit, "'target_shape' contains {}", n);
        if (n == -1) {
            check(!open, "'target_shape' has two open dimensions");
            open = &n;
        } else {
            known *= n;
        }
    }
    if (open) {
        check(known > 0 && each % known == 0, "{} elements do not divide into {}", each, known);
        *open = each / known;
    }
    to.insert(to.begin(), batch);
    check(element_count(to) == element_count(r.shape()), "'target_shape' makes {} of {}", to_string(to), to_string(r.shape()));
    return {r.m.reshape(r.input(), to)};
}

std::vector<ValueId> permute(LayerReader& r) {
    Ints perm = r.integers("dims");
    perm.insert(perm.begin(), 0);
    check(static_cast<int64_t>(perm.size()) == r.rank(), "'dims' has {} numbers for an input of shape {}", perm.size() - 1,
          to_string(r.shape()));
    return {r.m.transpose(r.input(), perm)};
}

std::vector<ValueId> repeat_vector(LayerReader& r) {
    check(r.rank() == 2, "the input has shape {}", to_string(r.shape()));
    const Shape s = r.shape();
    const int64_t n = r.integer("n");
    check(n >= 1 && n < limit, "'n' is {}", n);
    return {r.m.expand(r.m.reshape(r.input(), {s[0], 1, s[1]}), {s[0], n, s[1]})};
}

std::vector<ValueId> zero_padding(LayerReader& r) {
    Ints before, after;
    read_borders(r, "padding", spatial_axes(r), before, after);
    return {r.m.pad(r.input(), before, after)};
}

std::vector<ValueId> cropping(LayerReader& r) {
    Ints before, after;
    read_borders(r, "cropping", spatial_axes(r), before, after);
    ValueId x = r.input();
    for (size_t d = 0; d < before.size(); ++d) {
        const int64_t n = r.m.shape(x)[d];
        check(before[d] + after[d] < n, "cropping {} and {} of {} cells", before[d], after[d], n);
        x = r.m.slice(x, static_cast<int64_t>(d), before[d], n - after[d]);
    }
    return {x};
}

}  // namespace tinsmith::keras
