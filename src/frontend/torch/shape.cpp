// Operators that give the same elements another shape or order.
#include "frontend/torch/operand.hpp"

#include <algorithm>

namespace tinsmith::torch::from_torch {

namespace {

// -1 stands for what is left.
Shape resolved(const Shape& from, Ints to) {
    int64_t known = 1, open = -1;
    for (size_t i = 0; i < to.size(); ++i) {
        check(to[i] >= -1 && (to[i] != -1 || open < 0), "a shape of {}", to_string(to));
        if (to[i] == -1)
            open = static_cast<int64_t>(i);
        else
            known = element_count({known, to[i]});
    }
    const int64_t count = element_count(from);
    if (open >= 0) to[static_cast<size_t>(open)] = known == 0 ? 0 : count / known;
    check(element_count(to) == count, "{} does not have the elements of {}", to_string(to), to_string(from));
    return to;
}

ValueId x_of(NodeReader& r) { return r.tensor("self"); }

std::vector<ValueId> with_shape_of_other(NodeReader& r) { return {r.m.reshape(x_of(r), r.shape("other"))}; }

std::vector<ValueId> swapped(NodeReader& r, std::string_view first, std::string_view second) {
    const int64_t rank = std::ssize(r.m.shape(x_of(r)));
    if (rank == 0) return {x_of(r)};
    Ints perm = iota(rank);
    std::swap(perm[static_cast<size_t>(r.axis(first, rank))], perm[static_cast<size_t>(r.axis(second, rank))]);
    return {r.m.transpose(x_of(r), perm)};
}

}  // namespace

std::vector<ValueId> identity(NodeReader& r) { return {x_of(r)}; }

std::vector<ValueId> view(NodeReader& r) {
    supported(!r.has("dtype"), "the same bytes as another type");
    return {r.m.reshape(x_of(r), resolved(r.m.shape(x_of(r)), r.integers(r.has("size") ? "size" : "shape")))};
}
std::vector<ValueId> view_as(NodeReader& r) { return with_shape_of_other(r); }

std::vector<ValueId> flatten(NodeReader& r) {
    const Shape s = r.m.shape(x_of(r));
    if (s.empty()) return {r.m.reshape(x_of(r), {1})};
    const int64_t rank = std::ssize(s), from = r.axis("start_dim", rank, 0), to = r.axis("end_dim", rank, -1);
    check(from <= to, "flattening from {} to {}", from, to);
    Shape out(s.begin(), s.begin() + from);
    out.push_back(element_count(Shape(s.begin() + from, s.begin() + to + 1)));
    out.insert(out.end(), s.begin() + to + 1, s.end());
    return {r.m.reshape(x_of(r), out)};
}

std::vector<ValueId> unflatten(NodeReader& r) {
    const Shape s = r.m.shape(x_of(r));
    const int64_t axis = r.axis("dim", std::ssize(s));
    const Shape inner = resolved({s[static_cast<size_t>(axis)]}, r.integers("sizes"));
    Shape out(s.begin(), s.begin() + axis);
    out.insert(out.end(), inner.begin(), inner.end());
    out.insert(out.end(), s.begin() + axis + 1, s.end());
    return {r.m.reshape(x_of(r), out)};
}

std::vector<ValueId> squeeze(NodeReader& r) {
    const Shape s = r.m.shape(x_of(r));
    const Ints axes = r.has("dim") ? r.axes("dim", std::ssize(s)) : iota(std::ssize(s));
    Shape out;
    for (size_t d = 0; d < s.size(); ++d)
        if (s[d] != 1 || std::find(axes.begin(), axes.end(), static_cast<int64_t>(d)) == axes.end()) out.push_back(s[d]);
    return {r.m.reshape(x_of(r), out)};
}

std::vector<ValueId> unsqueeze(NodeReader& r) {
    Shape s = r.m.shape(x_of(r));
    s.insert(s.begin() + r.axis("dim", std::ssize(s) + 1), 1);
    return {r.m.reshape(x_of(r), s)};
}

std::vector<ValueId> permute(NodeReader& r) {
    const int64_t rank = std::ssize(r.m.shape(x_of(r)));
    const Ints dims = r.integers("dims", {});
    check(std::ssize(dims) == rank, "{} dimensions for {}", dims.size(), rank);
    return {rank == 0 ? x_of(r) : r.m.transpose(x_of(r), normalized_axes(dims, rank))};
}

std::vector<ValueId> transpose(NodeReader& r) {
    return swapped(r, r.has("axis0") ? "axis0" : "dim0", r.has("axis1") ? "axis1" : "dim1");
}

// All dimensions the other way round.
std::vector<ValueId> t(NodeReader& r) {
    Ints perm = iota(std::ssize(r.m.shape(x_of(r))));
    std::reverse(perm.begin(), perm.end());
    return {r.m.transpose(x_of(r), perm)};
}

std::vector<ValueId> movedim(NodeReader& r) {
    const int64_t rank = std::ssize(r.m.shape(x_of(r)));
    const Ints from = normalized_axes(r.integers("source"), rank), to = normalized_axes(r.integers("destination"), rank);
    check(from.size() == to.size(), "{} dimensions move to {} places", from.size(), to.size());
    Ints perm(static_cast<size_t>(rank), -1), rest;
    for (size_t i = 0; i < from.size(); ++i) perm[static_cast<size_t>(to[i])] = from[i];
    for (int64_t d = 0; d < rank; ++d)
        if (std::find(from.begin(), from.end(), d) == from.end()) rest.push_back(d);
    size_t next = 0;
    for (int64_t& p : perm)
        if (p < 0) p = rest[next++];
    return {r.m.transpose(x_of(r), perm)};
}

// -1 keeps an extent.
std::vector<ValueId> expand(NodeReader& r) {
    const Shape s = r.m.shape(x_of(r));
    Ints to = r.integers("size");
    check(to.size() >= s.size(), "{} does not broadcast to {}", to_string(s), to_string(to));
    const size_t more = to.size() - s.size();
    for (size_t i = 0; i < to.size(); ++i)
        if (to[i] == -1 && i >= more) to[i] = s[i - more];
    return {r.m.expand(x_of(r), to)};
}
std::vector<ValueId> expand_as(NodeReader& r) { return {r.m.expand(x_of(r), r.shape("other"))}; }

std::vector<ValueId> repeat(NodeReader& r) {
    Ints times = r.integers(r.has("repeats") ? "repeats" : "dims");
    Shape s = r.m.shape(x_of(r));
    while (times.size() < s.size()) times.insert(times.begin(), 1);
    while (s.size() < times.size()) s.insert(s.begin(), 1);
    ValueId x = r.m.reshape(x_of(r), s);
    for (int64_t n : times) check(n >= 0, "repeated {} times", n);
    if (std::all_of(times.begin(), times.end(), [](int64_t n) { return n == 1; })) return {x};
    return {r.b.add(op::Tile, {x}, {{"repeats", times}})};
}

// Each element `repeats` times in a row.
std::vector<ValueId> repeat_interleave(NodeReader& r) {
    const auto all = r.integers("repeats");
    ValueId x = x_of(r);
    if (!r.has("dim")) x = r.m.reshape(x, {element_count(r.m.shape(x))});
    const Shape s = r.m.shape(x);
    const int64_t axis = r.axis("dim", std::ssize(s), 0), n = all.at(0);
    supported(all.size() == 1 && n >= 0 && n < (1 << 20), "different numbers of repeats");
    Shape apart(s), wide, out(s);
    apart.insert(apart.begin() + axis + 1, 1);
    wide = apart;
    wide[static_cast<size_t>(axis) + 1] = n;
    out[static_cast<size_t>(axis)] *= n;
    return {r.m.reshape(r.m.expand(r.m.reshape(x, apart), wide), out)};
}

std::vector<ValueId> flip(NodeReader& r) {
    const int64_t rank = std::ssize(r.m.shape(x_of(r)));
    const Ints axes = r.integers("dims", {});
    if (axes.empty() || rank == 0) return {x_of(r)};
    ValueId y = x_of(r);
    for (int64_t axis : normalized_axes(axes, rank)) y = r.b.add(op::Reverse, {y}, {{"axes", Ints{axis}}});
    return {y};
}
std::vector<ValueId> fliplr(NodeReader& r) { return {r.b.add(op::Reverse, {x_of(r)}, {{"axes", Ints{1}}})}; }
std::vector<ValueId> flipud(NodeReader& r) { return {r.b.add(op::Reverse, {x_of(r)}, {{"axes", Ints{0}}})}; }

std::vector<ValueId> roll(NodeReader& r) {
    Ints shifts = r.integers("shifts"), dims = r.integers("dims", {});
    ValueId x = x_of(r);
    const Shape s = r.m.shape(x);
    if (dims.empty()) {
        x = r.m.reshape(x, {element_count(s)});
        dims = {0};
    }
    check(dims.size() == shifts.size(), "{} shifts of {} dimensions", shifts.size(), dims.size());
    for (size_t i = 0; i < dims.size(); ++i) {
        const Shape now = r.m.shape(x);
        const int64_t axis = normalized_axis(dims[i], std::ssize(now)), n = now[static_cast<size_t>(axis)];
        if (n == 0) continue;
        const int64_t by = ((shifts[i] % n) + n) % n;
        if (by != 0) x = r.m.concat({r.m.slice(x, axis, n - by, n), r.m.slice(x, axis, 0, n - by)}, axis);
    }
    return {r.m.reshape(x, s)};
}

namespace {

// [.., c r^2, h, w] as [.., c, h r, w r], and back.
ValueId shuffle(NodeReader& r, int64_t factor, bool up) {
    const Shape s = r.m.shape(x_of(r));
    check(s.size() >= 3 && factor >= 1 && factor < (1 << 16), "a factor of {} for {}", factor, to_string(s));
    const size_t n = s.size();
    const int64_t rows = element_count(Shape(s.begin(), s.end() - 3)), c = s[n - 3], h = s[n - 2], w = s[n - 1];
    Shape out(s);
    ValueId y;
    if (up) {
        check(c % (factor * factor) == 0, "{} channels are no multiple of {}", c, factor * factor);
        out[n - 3] = c / (factor * factor), out[n - 2] = h * factor, out[n - 1] = w * factor;
        y = r.m.reshape(x_of(r), {rows * out[n - 3], factor, factor, h, w});
        y = r.m.transpose(y, {0, 3, 1, 4, 2});
    } else {
        check(h % factor == 0 && w % factor == 0, "{}x{} is no multiple of {}", h, w, factor);
        out[n - 3] = c * factor * factor, out[n - 2] = h / factor, out[n - 1] = w / factor;
        y = r.m.reshape(x_of(r), {rows * c, h / factor, factor, w / factor, factor});
        y = r.m.transpose(y, {0, 2, 4, 1, 3});
    }
    return r.m.reshape(y, out);
}

}  // namespace

std::vector<ValueId> pixel_shuffle(NodeReader& r) { return {shuffle(r, r.integer("upscale_factor"), true)}; }
std::vector<ValueId> pixel_unshuffle(NodeReader& r) { return {shuffle(r, r.integer("downscale_factor"), false)}; }

std::vector<ValueId> channel_shuffle(NodeReader& r) {
    const Shape s = r.m.shape(x_of(r));
    const int64_t groups = r.integer("groups");
    check(s.size() >= 3 && groups >= 1 && s[1] % groups == 0, "{} groups of {}", groups, to_string(s));
    const int64_t rest = element_count(Shape(s.begin() + 2, s.end()));
    const ValueId apart = r.m.reshape(x_of(r), {s[0], groups, s[1] / groups, rest});
    return {r.m.reshape(r.m.transpose(apart, {0, 2, 1, 3}), s)};
}

std::vector<ValueId> to(NodeReader& r) {
    const ValueId x = x_of(r);
    if (r.has("other")) return {r.m.cast(x, r.type("other").dtype)};
    if (const auto wanted = r.dtype("dtype")) {
        // Real numbers become integers towards zero in both.
        return {r.m.cast(x, *wanted)};
    }
    return {x};
}

std::vector<ValueId> broadcast_tensors(NodeReader& r) {
    std::vector<ValueId> parts = r.tensors("tensors");
    Shape all;
    for (ValueId part : parts) {
        check(part != no_value, "a part is None");
        all = broadcast(all, r.m.shape(part));
    }
    for (ValueId& part : parts) part = r.m.expand(part, all);
    return parts;
}

std::vector<ValueId> ravel(NodeReader& r) { return {r.m.reshape(x_of(r), {r.b.type(x_of(r)).elements()})}; }

// k quarter turns from the first of two dimensions to the second.
std::vector<ValueId> rot90(NodeReader& r) {
    const int64_t rank = std::ssize(r.m.shape(x_of(r))), turns = ((r.integer("k", 1) % 4) + 4) % 4;
    const Ints dims = normalized_axes(r.integers("dims", {0, 1}), rank);
    check(dims.size() == 2 && dims[0] != dims[1], "a turn in {} dimensions", dims.size());
    auto reversed = [&](ValueId x, int64_t axis) { return r.b.add(op::Reverse, {x}, {{"axes", Ints{axis}}}); };
    if (turns == 0) return {x_of(r)};
    if (turns == 2) return {reversed(reversed(x_of(r), dims[0]), dims[1])};
    Ints perm = iota(rank);
    std::swap(perm[static_cast<size_t>(dims[0])], perm[static_cast<size_t>(dims[1])]);
    const ValueId turned = r.m.transpose(turns == 1 ? reversed(x_of(r), dims[1]) : x_of(r), perm);
    return {turns == 1 ? turned : reversed(turned, dims[1])};
}

}  // namespace tinsmith::torch::from_torch
