// Pad: constants and reflections are the graph's own; edges and wrapping read each padded dimension through a list of indices.
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

// Where position i of a padded extent n reads, i counted from the first element.
int64_t source(int64_t i, int64_t n, const std::string& mode) {
    if (mode == "edge") return std::clamp<int64_t>(i, 0, n - 1);
    int64_t period = mode == "wrap" ? n : std::max<int64_t>(2 * n - 2, 1);
    int64_t at = (i % period + period) % period;
    return mode == "wrap" ? at : std::min(at, period - at);
}

ValueId read_padded(Builder& b, ValueId x, size_t d, int64_t before, int64_t after, const std::string& mode) {
    int64_t n = b.shape(x)[d];
    check(n > 0 && n + before + after >= 0 && before <= (1 << 30) && after <= (1 << 30), "padding {},{} of an extent {}",
          before, after, n);
    Ints list;
    for (int64_t i = -before; i < n + after; ++i) list.push_back(source(i, n, mode));
    int64_t count = std::ssize(list);
    return b.add(op::Gather, {x, integers(b, list, {count}, DType::i32)}, {{"axis", static_cast<int64_t>(d)}});
}

// The same with a padding known at run time: `before` is a scalar, the resulting extent is declared.
ValueId read_padded_at_run_time(Builder& b, ValueId x, size_t d, ValueId before, int64_t extent, const std::string& mode) {
    Compose c(b);
    int64_t n = c.shape(x)[d];
    check(n > 0, "nothing to pad with in {}", to_string(b.type(x)));
    ValueId i = c.sub(integers(b, iota(extent), {extent}, DType::i32), before);
    if (mode == "edge") i = c.clamp(i, 0, static_cast<double>(n - 1));
    if (mode == "wrap") i = b.add(op::FloorMod, {i, c.number(static_cast<double>(n), i)});
    if (mode == "reflect") {
        double period = static_cast<double>(std::max<int64_t>(2 * n - 2, 1));
        i = b.add(op::FloorMod, {i, c.number(period, i)});
        i = c.min(i, c.sub(c.number(period, i), i));
    }
    return b.add(op::Gather, {x, i}, {{"axis", static_cast<int64_t>(d)}});
}

// Paddings known at run time as [rank, 2]; dimensions that are not named get 0.
ValueId paddings(NodeReader& r) {
    Compose c(r.b);
    int64_t rank = r.rank(0), count = r.type(1).elements() / 2;
    check(r.type(1).elements() == 2 * count, "the paddings are {}", to_string(r.type(1)));
    ValueId pairs = c.transpose(c.reshape(to_i32(r.b, r.operand(1)), {2, count}), {1, 0});
    if (!r.has(3)) {
        check(count == rank, "{} paddings for {} dimensions", count, rank);
        return pairs;
    }
    check(r.type(3).elements() == count, "{} paddings for {} axes", count, r.type(3).elements());
    ValueId axes = c.reshape(from_the_front(r.b, r.operand(3), {rank}), {count});
    ValueId hot =
        r.b.add(op::OneHot, {axes}, {{"depth", rank}, {"axis", int64_t{0}}, {"dtype", std::string("i32")}});  // [rank, axes]
    ValueId laid = c.mul(c.reshape(hot, {rank, count, 1}), c.reshape(pairs, {1, count, 2}));
    return c.reduce(op::ReduceSum, laid, {1}, false);
}

ValueId pad_at_run_time(NodeReader& r, const std::string& mode) {
    Compose c(r.b);
    const Shape* declared = declared_shape(r);
    if (!declared) required_ints(r, r.is_constant(1) ? 3 : 1);
    const Shape out = *declared, in = r.shape(0);
    check(out.size() == in.size(), "the output is declared as {}, the input is {}", to_string(out), to_string(in));
    ValueId pads = paddings(r), x = r.operand(0);
    if (mode == "constant") {
        ValueId value = r.has(2) ? c.reshape(r.operand(2), {1}) : no_value;
        return r.b.add(op::Pad, {x, pads, value}, {{"shape", out}});
    }
    for (size_t d = 0; d < in.size(); ++d) {
        auto row = static_cast<int64_t>(d);
        ValueId before = c.reshape(c.slice(c.slice(pads, 0, row, row + 1), 1, 0, 1), {});
        x = read_padded_at_run_time(r.b, x, d, before, out[d], mode);
    }
    return x;
}

}  // namespace

std::vector<ValueId> pad(NodeReader& r) {
    Compose c(r.b);
    std::string mode = r.text("mode", "constant");
    check(mode == "constant" || mode == "reflect" || mode == "edge" || mode == "wrap", "'mode' is '{}'", mode);
    auto pads = r.opset < 2 ? r.integers("paddings") : r.integers("pads");  // attributes up to opset 10
    if (!pads) {
        r.operand(1);
        if (!r.is_constant(1) || (r.has(3) && !r.is_constant(3))) return {pad_at_run_time(r, mode)};
        pads = r.constant_ints(1);
    }
    ValueId x = r.operand(0);
    Shape in = r.shape(0);
    Ints axes = normalized_axes(r.has(3) ? required_ints(r, 3) : iota(std::ssize(in)), std::ssize(in));
    check(pads->size() == 2 * axes.size(), "{} paddings for {} axes", pads->size(), axes.size());
    Ints before(in.size(), 0), after(in.size(), 0);
    for (size_t i = 0; i < axes.size(); ++i) {
        before[static_cast<size_t>(axes[i])] = (*pads)[i];
        after[static_cast<size_t>(axes[i])] = (*pads)[i + axes.size()];
    }
    bool mirrored = mode == "reflect";
    for (size_t d = 0; d < in.size(); ++d) {
        constexpr int64_t limit = int64_t{1} << 40;
        check(std::abs(before[d]) <= limit && std::abs(after[d]) <= limit && in[d] + before[d] + after[d] >= 0,
              "padding {},{} of an extent {}", before[d], after[d], in[d]);
        // Negative paddings crop, after the others have been added.
        bool through_list = mode == "edge" || mode == "wrap" ||
                            (mirrored && (std::max(before[d], after[d]) >= in[d] || std::min(before[d], after[d]) < 0));
        if (through_list && (before[d] != 0 || after[d] != 0)) {
            x = read_padded(r.b, x, d, before[d], after[d], mode);
        } else {
            int64_t first = std::min(std::max<int64_t>(-before[d], 0), in[d]),
                    last = std::max(in[d] - std::max<int64_t>(-after[d], 0), first);
            check(
                last - first + std::max<int64_t>(before[d], 0) + std::max<int64_t>(after[d], 0) == in[d] + before[d] + after[d],
                "padding {},{} crops more than an extent {}", before[d], after[d], in[d]);
            x = c.slice(x, static_cast<int64_t>(d), first, last);
            before[d] = std::max<int64_t>(before[d], 0);
            after[d] = std::max<int64_t>(after[d], 0);
            continue;
        }
        before[d] = after[d] = 0;
    }
    auto is_zero = [](int64_t n) { return n == 0; };
    if (std::all_of(before.begin(), before.end(), is_zero) && std::all_of(after.begin(), after.end(), is_zero)) return {x};
    Attrs attrs{{"before", before}, {"after", after}, {"mode", mode}};
    if (mode == "constant" && r.has(2) && !r.is_constant(2)) {
        Ints pairs;
        Shape out = c.shape(x);
        for (size_t d = 0; d < out.size(); ++d) {
            pairs.push_back(before[d]), pairs.push_back(after[d]);
            out[d] += before[d] + after[d];
        }
        ValueId list = integers(r.b, pairs, {std::ssize(out), 2}, DType::i32);
        return {r.b.add(op::Pad, {x, list, c.reshape(r.operand(2), {1})}, {{"shape", out}})};
    }
    if (mode == "constant") {
        auto value = r.constant_floats(2);
        attrs.set("value", value && !value->empty() ? double{(*value)[0]} : r.real("value", 0));
    }
    return {r.b.add(op::Pad, {x}, attrs)};
}

}  // namespace tinsmith::from_onnx
