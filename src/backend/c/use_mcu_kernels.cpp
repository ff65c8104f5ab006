#include "backend/c/use_mcu_kernels.hpp"

#include "kernel/mcu/conv.h"
#include "kernel/mcu/depthwise.h"
#include "kernel/mcu/depthwise_3x3.h"
#include "kernel/mcu/fully_connected.h"
#include "kernel/mcu/pack.h"
#include "kernel/mcu/pointwise.h"
#include "kernel/mcu/pool.h"
#include "kernel/mcu/sum.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace tinsmith::c99 {

namespace {

using Kind = KernelArgument::Kind;

Argument integer(int64_t value, std::string_view type) { return {Kind::integer, type, value, 0, {}, {}}; }

Argument structure(std::string_view type, std::vector<Argument> members) {
    return {Kind::structure, type, 0, 0, {}, std::move(members)};
}

Argument pointer(std::string_view type, Place place) { return {Kind::pointer, type, 0, 0, place, {}}; }

Argument described(Argument what) {
    Argument out = pointer(what.type, {Place::Kind::structure, 0, 0});
    out.members.push_back(std::move(what));
    return out;
}

// Numbers of a descriptor that was passed by its address, by their order.
class Numbers {
public:
    explicit Numbers(const Argument& descriptor) : members_(descriptor.members.at(0).members) {}
    int64_t operator[](size_t i) const { return members_[i].integer; }
    const Argument& member(size_t i) const { return members_[i]; }

private:
    const std::vector<Argument>& members_;
};

Argument range_of(const tin_mcu_range& r) {
    return structure("tin_mcu_range", {integer(r.x_zero, "int8_t"), integer(r.y_zero, "int8_t"), integer(r.low, "int8_t"),
                                       integer(r.high, "int8_t")});
}

Argument argument_of(const tin_mcu_dense& d) {
    return described(structure(
        "tin_mcu_dense", {integer(d.rows, "int32_t"), integer(d.in, "int32_t"), integer(d.out, "int32_t"), range_of(d.range)}));
}

Argument argument_of(const tin_mcu_window& w) {
    std::vector<Argument> members;
    for (const int16_t n : {w.in_h, w.in_w, w.in_c, w.out_h, w.out_w, w.out_c, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w,
                            w.dilation_h, w.dilation_w, w.pad_top, w.pad_left})
        members.push_back(integer(n, "int16_t"));
    members.push_back(range_of(w.range));
    return described(structure("tin_mcu_window", std::move(members)));
}

// Indices of more elements do not fit the kernels' numbers.
bool is_small(int64_t a, int64_t b, int64_t c) { return a * b * c <= INT32_MAX / 2; }

// A tin_window of one image; nothing where it has more, or an extent beyond 16 bits.
std::optional<tin_mcu_window> window_of(const Argument& descriptor, const tin_mcu_range& range) {
    const Numbers w(descriptor);
    if (w[0] != 1) return std::nullopt;
    for (size_t i = 1; i < 15; ++i)
        if (w[i] < INT16_MIN || w[i] > INT16_MAX) return std::nullopt;
    if (!is_small(w[1], w[2], w[3]) || !is_small(w[4], w[5], w[6]) || !is_small(w[7], w[8], w[3])) return std::nullopt;
    const auto at = [&](size_t i) { return static_cast<int16_t>(w[i]); };
    return tin_mcu_window{at(1), at(2),  at(3),  at(4),  at(5),  at(6),  at(7), at(8),
                          at(9), at(10), at(11), at(12), at(13), at(14), range};
}

// Whether each window of a pool has cells on x, side by side.
bool has_cells(const tin_mcu_window& w) {
    return w.dilation_h == 1 && w.dilation_w == 1 && w.pad_top < w.kernel_h && w.pad_left < w.kernel_w &&
           (w.out_h - 1) * w.stride_h - w.pad_top < w.in_h && (w.out_w - 1) * w.stride_w - w.pad_left < w.in_w;
}

tin_mcu_range range_of(const Numbers& q) {
    const auto at = [&](size_t i) { return static_cast<int8_t>(q[i]); };
    return {at(0), at(2), at(3), at(4)};
}

class Replacer {
public:
    Replacer(const Graph& graph, NodeCalls& calls) : graph_(graph), calls_(calls) {}

    void run() {
        for (size_t i = 0; i < calls_.calls.size(); ++i) {
            if (replace_pool(i)) continue;
            Call& call = calls_.calls[i];
            std::optional<Call> better;
            if (call.kernel == "tin_conv_i8") better = conv(call.arguments);
            if (call.kernel == "tin_depthwise_conv_i8") better = depthwise(call.arguments);
            if (call.kernel == "tin_fully_connected_i8") better = fully_connected(call.arguments);
            if (call.kernel == "tin_reduce_sum_qi8") better = mean(call.arguments);
            if (call.kernel == "tin_add_qi8" || call.kernel == "tin_sub_qi8") better = sum(call);
            if (better) call = std::move(*better);
        }
    }

private:
    using Pack = std::function<size_t(const tin_mcu_range*, const tin_mcu_factors*, uint32_t*)>;

    // The bytes of a constant operand.
    const std::byte* constant(const Argument& a) {
        if (a.place.kind != Place::Kind::value || !graph_.is_constant(a.place.id)) return nullptr;
        keep_.push_back(graph_.value(a.place.id).data->aligned(8));
        return keep_.back().bytes().data() + a.place.offset;
    }

    // Weights, bias and multipliers in the kernel's order; nothing where it cannot keep the bits.
    std::optional<Argument> packed(const Argument& weights, const Argument& bias, const Numbers& q, const Pack& pack) {
        const auto* w = reinterpret_cast<const int8_t*>(constant(weights));
        const auto* b = reinterpret_cast<const int32_t*>(constant(bias));
        if (!w || (!b && bias.place.kind != Place::Kind::null)) return std::nullopt;
        std::vector<tin_multiplier> scale;
        for (const Argument& m : calls_.lists[q.member(5).place.id].members)
            scale.push_back({static_cast<int32_t>(m.members[0].integer), static_cast<int32_t>(m.members[1].integer)});
        const tin_mcu_range range = range_of(q);
        const tin_mcu_factors factors{w, b, scale.data()};
        const size_t words = pack(&range, &factors, nullptr);
        if (words == 0) return std::nullopt;
        calls_.packed.emplace_back(words);
        pack(&range, &factors, calls_.packed.back().data());
        return pointer("uint32_t", {Place::Kind::packed, static_cast<uint32_t>(calls_.packed.size() - 1), 0});
    }

    Argument scratch(int32_t bytes) {
        const size_t offset = calls_.scratch_bytes;
        calls_.scratch_bytes += (static_cast<size_t>(bytes) + 15) / 16 * 16;
        return pointer("void", {Place::Kind::scratch, 0, offset});
    }

    std::optional<Call> rows(const tin_mcu_dense& d, const Argument& x, const Argument& weights, const Argument& bias,
                             const Numbers& q, const Argument& y) {
        auto words = packed(weights, bias, q, [&](const auto* range, const auto* f, uint32_t* to) {
            return tin_mcu_pack_pairs(d.in, d.out, range, f, to);
        });
        if (!words) return std::nullopt;
        return Call{"tin_mcu_pointwise", {argument_of(d), x, *words, scratch(tin_mcu_pointwise_scratch(&d)), y}};
    }

    std::optional<Call> conv(const std::vector<Argument>& a) {
        const Numbers q(a[5]);
        const auto w = window_of(a[0], range_of(q));
        if (!w || a[1].integer != 1) return std::nullopt;
        const bool plain = w->kernel_h == 1 && w->kernel_w == 1 && w->stride_h == 1 && w->stride_w == 1 && w->pad_top == 0 &&
                           w->pad_left == 0 && w->in_h == w->out_h && w->in_w == w->out_w;
        if (plain) return rows({w->out_h * w->out_w, w->in_c, w->out_c, w->range}, a[2], a[3], a[4], q, a[6]);
        const int32_t in = w->kernel_h * w->kernel_w * w->in_c;
        auto words = packed(a[3], a[4], q, [&](const auto* range, const auto* f, uint32_t* to) {
            return tin_mcu_pack_pairs(in, w->out_c, range, f, to);
        });
        if (!words) return std::nullopt;
        return Call{"tin_mcu_conv", {argument_of(*w), a[2], *words, scratch(tin_mcu_conv_scratch(&*w)), a[6]}};
    }

    std::optional<Call> depthwise(const std::vector<Argument>& a) {
        const Numbers q(a[4]);
        const auto w = window_of(a[0], range_of(q));
        if (!w) return std::nullopt;
        const int32_t taps = w->kernel_h * w->kernel_w;
        if (w->in_c == 1) {
            auto words = packed(a[2], a[3], q, [&](const auto* range, const auto* f, uint32_t* to) {
                return tin_mcu_pack_one_channel(taps, w->out_c, range, f, to);
            });
            if (!words) return std::nullopt;
            return Call{"tin_mcu_conv", {argument_of(*w), a[1], *words, scratch(tin_mcu_conv_scratch(&*w)), a[5]}};
        }
        if (w->in_c != w->out_c) return std::nullopt;
        if (w->in_c >= 4 && w->kernel_h == 3 && w->kernel_w == 3 && w->dilation_h == 1 && w->dilation_w == 1) {
            auto words = packed(a[2], a[3], q, [&](const auto* range, const auto* f, uint32_t* to) {
                return tin_mcu_pack_depthwise_3x3(w->in_c, range, f, to);
            });
            if (!words) return std::nullopt;
            return Call{"tin_mcu_depthwise_3x3",
                        {argument_of(*w), a[1], *words, scratch(tin_mcu_depthwise_3x3_scratch(&*w)), a[5]}};
        }
        auto words = packed(a[2], a[3], q, [&](const auto* range, const auto* f, uint32_t* to) {
            return tin_mcu_pack_depthwise(taps, w->in_c, range, f, to);
        });
        if (!words) return std::nullopt;
        return Call{"tin_mcu_depthwise", {argument_of(*w), a[1], *words, a[5]}};
    }

    std::optional<Call> fully_connected(const std::vector<Argument>& a) {
        const Numbers sizes(a[0]), q(a[4]);
        if (q[1] != 0 || sizes[0] > INT32_MAX || sizes[0] < 1) return std::nullopt;
        const tin_mcu_dense d{static_cast<int32_t>(sizes[0]), static_cast<int32_t>(sizes[1]), static_cast<int32_t>(sizes[2]),
                              range_of(q)};
        if (d.rows > 1) return rows(d, a[1], a[2], a[3], q, a[5]);
        auto words = packed(a[2], a[3], q, [&](const auto* range, const auto* f, uint32_t* to) {
            return tin_mcu_pack_fully_connected(d.in, d.out, range, f, to);
        });
        if (!words) return std::nullopt;
        return Call{"tin_mcu_fully_connected",
                    {argument_of(d), a[1], *words, scratch(tin_mcu_fully_connected_scratch(&d)), a[5]}};
    }

    std::optional<Call> mean(const std::vector<Argument>& a) {
        const Numbers r(a[2]);
        const auto first = [&](size_t member) { return r.member(member).members[0].integer; };
        const int64_t channels = first(2), cells = first(4);
        if (r[0] != 1 || r[1] != 1 || first(3) != 1 || first(5) != channels || cells > INT32_MAX / 256) return std::nullopt;
        return Call{"tin_mcu_mean", {integer(cells, "int32_t"), integer(channels, "int32_t"), a[3], a[0], a[1]}};
    }

    std::optional<Call> sum(const Call& call) {
        const std::vector<Argument>& a = call.arguments;
        const Numbers walk(a[3]), q(a[4]);
        const auto stride = [&](size_t operand) { return walk.member(2).members[operand].members[0].integer; };
        const int64_t n = walk.member(1).members[0].integer;
        if (walk[0] != 1 || stride(0) != 1 || stride(1) != 1 || n > INT32_MAX) return std::nullopt;
        const auto multiplier = [&](size_t i) {
            const std::vector<Argument>& m = q.member(i).members;
            return tin_multiplier{static_cast<int32_t>(m[0].integer), static_cast<int32_t>(m[1].integer)};
        };
        const auto at = [&](size_t i) { return static_cast<int32_t>(q[i]); };
        const tin_binary binary{at(0), at(1), at(2), multiplier(3), multiplier(4), multiplier(5), at(6), at(7), at(8)};
        tin_mcu_sum s;
        if (!tin_mcu_fit_sum(&binary, call.kernel == "tin_sub_qi8", &s)) return std::nullopt;
        Argument descriptor =
            structure("tin_mcu_sum", {integer(s.a, "int32_t"), integer(s.b, "int32_t"), integer(s.c, "int32_t"),
                                      integer(s.shift, "int32_t"), integer(s.low, "int8_t"), integer(s.high, "int8_t")});
        return Call{"tin_mcu_add", {described(std::move(descriptor)), a[0], a[1], integer(n, "int32_t"), a[2]}};
    }

    // Pools, and the limits that follow a largest one.
    bool replace_pool(size_t i) {
        Call& call = calls_.calls[i];
        const bool mean = call.kernel == "tin_average_pool_i8";
        if (!mean && call.kernel != "tin_max_pool_i8") return false;
        tin_mcu_range range{0, 0, INT8_MIN, INT8_MAX};
        const Call* limit = !mean && i + 1 < calls_.calls.size() ? &calls_.calls[i + 1] : nullptr;
        if (limit && (limit->kernel != "tin_clamp_i8" || !(limit->arguments[0].place == limit->arguments[1].place)))
            limit = nullptr;
        const std::vector<Argument>& bounds = mean ? call.arguments : limit ? limit->arguments : call.arguments;
        const size_t low = mean ? 2 : 3;
        if (mean || limit) {
            range.low = static_cast<int8_t>(bounds[low].integer);
            range.high = static_cast<int8_t>(bounds[low + 1].integer);
        }
        const auto w = window_of(call.arguments[0], range);
        if (!w || !has_cells(*w)) return false;
        call = {mean ? "tin_mcu_average_pool" : "tin_mcu_max_pool",
                {argument_of(*w), call.arguments[1], call.arguments.back()}};
        if (limit) calls_.calls.erase(calls_.calls.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        return true;
    }

    const Graph& graph_;
    NodeCalls& calls_;
    std::vector<Buffer> keep_;
};

}  // namespace

void use_mcu_kernels(const Graph& graph, NodeCalls& calls) { Replacer(graph, calls).run(); }

}  // namespace tinsmith::c99
