// Operators that take a part of a tensor, or set it into a larger one.
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

// NumPy's clamping of start:end:step on an extent, in the form of the graph's Slice.
static void clamp_slice(int64_t n, int64_t& start, int64_t& end, int64_t& step) {
    check(step != 0, "a step is 0");
    step = std::clamp<int64_t>(step, -std::max<int64_t>(n, 1), std::max<int64_t>(n, 1));
    auto place = [&](int64_t at, int64_t low, int64_t high) {
        return std::clamp(at < 0 ? std::max(at, -n - 1) + n : at, low, high);
    };
    if (step > 0) {
        start = place(start, 0, n);
        end = std::max(start, place(end, 0, n));
    } else {
        start = place(start, n == 0 ? 0 : -1, std::max<int64_t>(n - 1, 0));
        end = std::min(start, place(end, -1, std::max<int64_t>(n - 1, -1)));
    }
}

// A list computed at run time, one entry per axis, as i32 with one entry per dimension: `others` stand where no axis points.
static ValueId spread(NodeReader& r, size_t input, std::optional<ValueId> axes, int64_t rank, const Ints& others) {
    Compose c(r.b);
    ValueId list = to_i32(r.b, r.operand(input));
    if (!axes) return list;
    ValueId hot = r.b.add(op::OneHot, {*axes}, {{"depth", rank}, {"dtype", std::string("i32")}});  // [axes, rank]
    ValueId fallback = integers(r.b, others, {rank}, DType::i32);
    ValueId change = c.sub(c.reshape(list, {c.shape(list)[0], 1}), fallback);
    return c.add(c.reduce(op::ReduceSum, c.mul(change, hot), {0}, false), fallback);
}

// Bounds that are inputs of the model: TFLite's STRIDED_SLICE takes them at run time, the declared output gives the shape.
static ValueId slice_at_run_time(NodeReader& r) {
    const Shape* declared = declared_shape(r);
    for (size_t i = 1; i < 5 && !declared; ++i) r.constant_ints(i);
    if (auto empty = empty_result(r)) return *empty;
    const Shape in = r.shape(0);
    for (size_t i = 1; i < 5; ++i)
        if (r.has(i)) check(r.rank(i) == 1, "input {} is {}, expected a list", i, to_string(r.type(i)));
    int64_t rank = std::ssize(in);
    std::optional<ValueId> axes;
    if (r.has(3) || r.type(1).elements() != rank) {
        axes = r.has(3) ? from_the_front(r.b, r.operand(3), {rank})
                        : r.b.longs(iota(r.type(1).elements()), {r.type(1).elements()});
        if (r.is_constant(3) && r.b.graph.constant_ints(*axes) == iota(rank)) axes.reset();
    }
    ValueId starts = spread(r, 1, axes, rank, Ints(in.size(), 0)), ends = spread(r, 2, axes, rank, in);
    ValueId steps =
        r.has(4) ? spread(r, 4, axes, rank, Ints(in.size(), 1)) : integers(r.b, Ints(in.size(), 1), {rank}, DType::i32);
    return r.b.add(op::Slice, {r.operand(0), starts, ends, steps}, {{"shape", *declared}});
}

std::vector<ValueId> slice(NodeReader& r) {
    const Shape in = r.shape(0);
    auto starts = r.integers("starts"), ends = r.integers("ends"), axes = r.integers("axes");  // opsets up to 9
    std::optional<Ints> steps;
    if (!starts) {
        r.operand(1), r.operand(2);
        for (size_t i = 1; i < 5; ++i)
            if (r.has(i) && !r.is_constant(i)) return {slice_at_run_time(r)};
        starts = r.constant_ints(1), ends = r.constant_ints(2), axes = r.constant_ints(3), steps = r.constant_ints(4);
    }
    check(ends.has_value(), "the ends are missing");
    Ints along = normalized_axes(axes.value_or(iota(std::ssize(*starts))), std::ssize(in));
    check(starts->size() == along.size() && ends->size() == along.size() && (!steps || steps->size() == along.size()),
          "starts, ends, axes and steps have different lengths");
    Ints first(in.size(), 0), last = in, step(in.size(), 1);
    for (size_t i = 0; i < along.size(); ++i) {
        auto d = static_cast<size_t>(along[i]);
        first[d] = (*starts)[i], last[d] = (*ends)[i], step[d] = steps ? (*steps)[i] : 1;
        clamp_slice(in[d], first[d], last[d], step[d]);
    }
    if (first == Ints(in.size(), 0) && last == in && step == Ints(in.size(), 1)) return {r.operand(0)};
    return {r.b.add(op::Slice, {r.operand(0)}, {{"starts", first}, {"ends", last}, {"steps", step}})};
}

std::vector<ValueId> center_crop_pad(NodeReader& r) {
    Compose c(r.b);
    Shape in = r.shape(0), out = in;
    const Shape* declared = declared_shape(r);
    if (!r.is_constant(1) && declared) {
        out = *declared;
        check(out.size() == in.size(), "the output is declared as {}, the input is {}", to_string(out), to_string(in));
    } else {
        Ints wanted = required_ints(r, 1), axes = normalized_axes(r.integers("axes", iota(r.rank(0))), r.rank(0));
        check(wanted.size() == axes.size(), "{} extents for {} axes", wanted.size(), axes.size());
        for (size_t i = 0; i < axes.size(); ++i) out[static_cast<size_t>(axes[i])] = wanted[i];
        element_count(out);
    }
    Ints starts(in.size(), 0), ends = in, before(in.size(), 0), after(in.size(), 0);
    for (size_t d = 0; d < in.size(); ++d) {
        if (out[d] < in[d]) {
            starts[d] = (in[d] - out[d]) / 2;
            ends[d] = starts[d] + out[d];
        } else {
            before[d] = (out[d] - in[d]) / 2;
            after[d] = out[d] - in[d] - before[d];
        }
    }
    ValueId x = r.operand(0);
    for (size_t d = 0; d < in.size(); ++d)
        if (out[d] < in[d]) x = c.slice(x, static_cast<int64_t>(d), starts[d], ends[d]);
    return {c.pad(x, before, after)};
}

// The places where a condition known at run time holds: their number is the declared one. TopK keeps the order of equal
// elements, so the largest of zeros and ones are the ones from first to last.
static ValueId places(Builder& b, ValueId condition, int64_t count) {
    Compose c(b);
    check(count <= c.shape(condition)[0], "{} of {} elements are declared to be chosen", count, c.shape(condition)[0]);
    return b.add_all(op::TopK, {c.cast(condition, DType::i32)}, {{"k", count}})[1];
}

std::vector<ValueId> compress(NodeReader& r) {
    Compose c(r.b);
    bool flat = !r.has_attribute("axis");
    ValueId x = flat ? c.reshape(r.operand(0), {r.type(0).elements()}) : r.operand(0);
    int64_t axis = flat ? 0 : normalized_axis(r.integer("axis"), r.rank(0)), extent = c.shape(x)[static_cast<size_t>(axis)];
    ValueId condition = r.operand(1), chosen;
    check(r.rank(1) == 1 && r.shape(1)[0] <= extent, "the condition is {} for an extent of {}", to_string(r.type(1)), extent);
    if (r.is_constant(1)) {
        Ints kept, flags = required_ints(r, 1);
        for (size_t i = 0; i < flags.size(); ++i)
            if (flags[i]) kept.push_back(static_cast<int64_t>(i));
        int64_t count = std::ssize(kept);
        chosen = r.b.longs(std::move(kept), {count});
    } else {
        const Shape* declared = declared_shape(r);
        if (!declared || std::ssize(*declared) <= axis) required_ints(r, 1);
        chosen = places(r.b, condition, (*declared)[static_cast<size_t>(axis)]);
    }
    return {r.b.add(op::Gather, {x, chosen}, {{"axis", axis}})};
}

std::vector<ValueId> non_zero(NodeReader& r) {
    Compose c(r.b);
    Shape in = r.rank(0) == 0 ? Shape{1} : r.shape(0);
    int64_t rank = std::ssize(in);
    if (r.is_constant(0)) {
        std::vector<float> x = r.b.graph.constant_floats(r.operand(0));
        std::vector<Ints> found(in.size());
        for (size_t i = 0; i < x.size(); ++i) {
            if (x[i] == 0) continue;
            auto at = static_cast<int64_t>(i);
            for (size_t d = in.size(); d-- > 0; at /= in[d]) found[d].push_back(at % in[d]);
        }
        Ints all;
        for (const Ints& f : found) all.insert(all.end(), f.begin(), f.end());
        return {r.b.longs(all, {rank, std::ssize(all) / rank})};
    }
    const Shape* declared = declared_shape(r);
    supported(
        declared && declared->size() == 2,
        "how many elements are not 0 is known at run time only, and TFLite's shapes are static; declare the output's shape");
    ValueId flat = c.reshape(r.operand(0), {r.type(0).elements()});
    ValueId hit = c.dtype(flat) == DType::boolean ? flat : r.b.add(op::NotEqual, {flat, c.number(0, flat)});
    ValueId at = places(r.b, hit, (*declared)[1]);
    std::vector<ValueId> rows;
    int64_t stride = r.type(0).elements();
    for (int64_t extent : in) {
        stride /= std::max<int64_t>(extent, 1);
        ValueId row = stride > 1 ? r.b.add(op::FloorDiv, {at, c.number(static_cast<double>(stride), at)}) : at;
        if (!rows.empty()) row = r.b.add(op::FloorMod, {row, c.number(static_cast<double>(extent), at)});
        rows.push_back(c.reshape(row, {1, (*declared)[1]}));
    }
    return {c.cast(c.concat(rows, 0), DType::i64)};
}

// Keeps the triangle above (or below) the k-th diagonal of the last two dimensions.
std::vector<ValueId> trilu(NodeReader& r) {
    Compose c(r.b);
    const Shape in = r.shape(0);
    check(in.size() >= 2, "the input is {}, expected a matrix", to_string(r.type(0)));
    if (r.type(0).elements() == 0) return {r.operand(0)};
    int64_t rows = in[in.size() - 2], columns = in.back();
    supported(rows <= INT32_MAX && columns <= INT32_MAX, "matrices beyond 2^31 rows");
    Ints down(static_cast<size_t>(rows)), right = iota(columns);
    for (int64_t i = 0; i < rows; ++i) down[static_cast<size_t>(i)] = i;
    ValueId k = r.has(1) ? c.reshape(to_i32(r.b, r.operand(1)), {}) : r.b.scalar(0, DType::i32);
    ValueId diagonal = c.sub(integers(r.b, right, {1, columns}, DType::i32), integers(r.b, down, {rows, 1}, DType::i32));
    bool upper = r.integer("upper", 1) != 0;
    ValueId kept = r.b.add(upper ? op::GreaterOrEqual : op::LessOrEqual, {diagonal, k});
    return {r.b.add(op::Where, {kept, r.operand(0), c.number(0, r.operand(0))})};
}

}  // namespace tinsmith::from_onnx
