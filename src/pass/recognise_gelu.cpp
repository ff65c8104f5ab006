// Before: 0.5 * x * (1 + erf(x / sqrt(2)))                            in any bracketing
//         0.5 * x * (1 - erf(-x / sqrt(2)))                           TensorFlow's erfc
//         0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))   x^3 as x * Square(x) or inside: x * (1 + 0.044715 * x^2)
// After:  Gelu(x), Gelu(x){approximate=true}
// When:   the literals are these to within their rounding; simplify_arithmetic has run (squares, divisions by constants).
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"
#include "pass/product.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

const Node* plain(const Node* node, const OpDef& op) {
    if (!node || !node->is(op)) return nullptr;
    bool can_fuse = node->is(op::Add) || node->is(op::Mul);
    return can_fuse && node->text("activation") != "none" ? nullptr : node;
}

// The operand y of Add(y, 1), which the source may bracket either way round.
ValueId plus_one(const Rewriter& r, ValueId id) {
    const Node* add = plain(r.producer(id), op::Add);
    auto sum = add ? with_scalar(r.graph, *add) : std::nullopt;
    return sum && sum->scalar == 1 ? sum->x : no_value;
}

// The operand y of Sub(1, y).
ValueId taken_from_one(const Rewriter& r, ValueId id) {
    const Node* sub = r.producer(id, op::Sub);
    auto difference = sub && sub->text("activation") == "none" ? with_scalar(r.graph, *sub) : std::nullopt;
    return difference && difference->scalar_first && difference->scalar == 1 ? difference->x : no_value;
}

bool is_square_of(const Rewriter& r, ValueId id, ValueId x) {
    const Node* square = r.producer(id, op::Square);
    return square && square->inputs[0] == x;
}

// id = scalar * x * Square(x)^squares, as a product of any bracketing (x alone counts).
bool is_power_product(const Rewriter& r, ValueId id, ValueId x, double scalar, int squares) {
    if (id == x) return squares == 0 && scalar == 1;
    const Node* mul = plain(r.producer(id), op::Mul);
    auto product = mul ? product_of(r, *mul) : std::nullopt;
    if (!product || !about(product->scalar, scalar)) return false;
    auto count = [&](auto is) { return std::count_if(product->factors.begin(), product->factors.end(), is); };
    auto xs = count([&](ValueId f) { return f == x; });
    auto found = count([&](ValueId f) { return is_square_of(r, f, x); });
    return xs == 1 && found == squares && product->factors.size() == 1 + static_cast<size_t>(squares);
}

constexpr double cubic = 0.044715;

// x + cubic * x^3
bool is_cubic_sum(const Rewriter& r, ValueId id, ValueId x) {
    const Node* add = plain(r.producer(id), op::Add);
    if (!add) return false;
    for (size_t i : {size_t{0}, size_t{1}})
        if (add->inputs[i] == x && is_power_product(r, add->inputs[1 - i], x, cubic, 1)) return true;
    return false;
}

// 1 + cubic * x^2
bool is_cubic_factor(const Rewriter& r, ValueId id, ValueId x) {
    ValueId scaled = plus_one(r, id);
    const Node* mul = scaled == no_value ? nullptr : plain(r.producer(scaled), op::Mul);
    auto product = mul ? product_of(r, *mul) : std::nullopt;
    if (!product || !about(product->scalar, cubic)) return false;
    const auto& f = product->factors;
    return (f.size() == 1 && is_square_of(r, f[0], x)) || (f.size() == 2 && f[0] == x && f[1] == x);
}

bool is_tanh_argument(const Rewriter& r, ValueId id, ValueId x) {
    const Node* mul = plain(r.producer(id), op::Mul);
    auto product = mul ? product_of(r, *mul) : std::nullopt;
    if (!product || !about(product->scalar, std::sqrt(2 / M_PI))) return false;
    const auto& f = product->factors;
    if (f.size() == 1) return is_cubic_sum(r, f[0], x);
    if (f.size() != 2) return false;
    return (f[0] == x && is_cubic_factor(r, f[1], x)) || (f[1] == x && is_cubic_factor(r, f[0], x));
}

bool is_erf_argument(const Rewriter& r, ValueId id, ValueId x) {
    const Node* mul = plain(r.producer(id), op::Mul);
    auto scaled = mul ? with_scalar(r.graph, *mul) : std::nullopt;
    return scaled && scaled->x == x && about(scaled->scalar, M_SQRT1_2);
}

bool is_negative_erf_argument(const Rewriter& r, ValueId id, ValueId x) {
    const Node* mul = plain(r.producer(id), op::Mul);
    auto scaled = mul ? with_scalar(r.graph, *mul) : std::nullopt;
    if (!scaled) return false;
    const Node* turned = r.producer(scaled->x, op::Neg);
    return turned ? turned->inputs[0] == x && about(scaled->scalar, M_SQRT1_2)
                  : scaled->x == x && about(scaled->scalar, -M_SQRT1_2);
}

// 1 + erf(x / sqrt(2)), either way it is written.
bool is_erf_curve(const Rewriter& r, ValueId id, ValueId x) {
    const Node* curve = r.producer(plus_one(r, id), op::Erf);
    if (curve) return is_erf_argument(r, curve->inputs[0], x);
    curve = r.producer(taken_from_one(r, id), op::Erf);
    return curve && is_negative_erf_argument(r, curve->inputs[0], x);
}

bool is_tanh_curve(const Rewriter& r, ValueId id, ValueId x) {
    const Node* curve = r.producer(plus_one(r, id), op::Tanh);
    return curve && is_tanh_argument(r, curve->inputs[0], x);
}

}  // namespace

int recognise_gelu(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Mul) || r.type(node.outputs[0]).dtype != DType::f32) return false;
        auto product = product_of(r, node);
        if (!product || product->factors.size() != 2 || !about(product->scalar, 0.5)) return false;
        for (size_t i : {size_t{0}, size_t{1}}) {
            const ValueId x = product->factors[i], curve = product->factors[1 - i];
            const bool approximate = is_tanh_curve(r, curve, x);
            if (!approximate && !is_erf_curve(r, curve, x)) continue;
            r.replace(node.outputs[0], r.add(op::Gelu, {x}, {{"approximate", approximate}}));
            return true;
        }
        return false;
    });
}

}  // namespace tinsmith
