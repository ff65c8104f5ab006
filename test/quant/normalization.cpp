// Layer normalisation in every spelling: its nodes are found, whatever stands around them, and nothing else is.
#include "quant/normalization.hpp"

#include "ir/builder.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"
#include "random_values.hpp"

#include <gtest/gtest.h>

#include <map>

namespace tinsmith {
namespace {

// Builds blocks whose nodes say by their origin whether they normalise.
class Network {
public:
    explicit Network(uint32_t seed) : numbers(seed) {
        g.inputs.push_back({"x", g.add_value("x", {DType::f32, {3, 8}, {}}), ""});
    }

    ValueId input() const { return g.inputs[0].value; }
    ValueId plain(const OpDef& op, std::vector<ValueId> inputs, Attrs attrs = {}) {
        return add(op, std::move(inputs), std::move(attrs), "");
    }
    ValueId dense(ValueId x) { return plain(op::FullyConnected, {x, b.floats(numbers.normal(64, 0.3f), {8, 8})}); }
    // x + f(x): what is normalised next.
    ValueId branch(ValueId x) { return add(op::Add, {x, plain(op::Relu, {dense(x)})}, {}, normalises); }

    // (x - mean) / deviation * gain + offset, or without the mean (RMS), as different frameworks spell it.
    ValueId normalised(ValueId x, bool centred) {
        const auto mean = [&](ValueId v) {
            return add(op::ReduceMean, {v}, {{"axes", Ints{1}}, {"keepdims", true}}, normalises);
        };
        const ValueId difference = centred ? add(op::Sub, {x, mean(x)}, {}, normalises) : x;
        const ValueId square = centred && numbers.between(0, 1) == 0
                                   ? add(op::SquaredDifference, {x, g.nodes[g.nodes.size() - 2].outputs[0]}, {}, normalises)
                               : numbers.between(0, 1) == 0 ? add(op::Square, {difference}, {}, normalises)
                                                            : add(op::Mul, {difference, difference}, {}, normalises);
        ValueId variance = mean(square);
        const ValueId epsilon = b.floats({1e-3f}, {});
        const int64_t form = numbers.between(0, 2);
        if (form < 2)
            variance =
                add(op::Add, form == 0 ? std::vector{variance, epsilon} : std::vector{epsilon, variance}, {}, normalises);
        const bool divides = numbers.between(0, 1) == 0;
        const ValueId root = add(divides ? op::Sqrt : op::Rsqrt, {variance}, {}, normalises);
        const ValueId y = add(divides ? op::Div : op::Mul, {difference, root}, {}, normalises);
        const ValueId gained = plain(op::Mul, {y, b.floats(numbers.normal(8), {8})});
        return plain(op::Add, {gained, b.floats(numbers.normal(8), {8})});
    }
    // The same operators, of which none normalises: a root of a mean that is not of squares, a square that is not averaged.
    ValueId alike(ValueId x) {
        const ValueId mean = plain(op::ReduceMean, {plain(op::Relu, {x})}, {{"axes", Ints{1}}, {"keepdims", true}});
        return plain(op::Mul, {plain(op::Square, {x}), plain(op::Sqrt, {mean})});
    }

    static constexpr const char* normalises = "normalises";
    Graph g;
    Builder b{g};
    Numbers numbers;

private:
    ValueId add(const OpDef& op, std::vector<ValueId> inputs, Attrs attrs, const char* origin) {
        b.origin = origin;
        return b.add(op, std::move(inputs), std::move(attrs));
    }
};

TEST(Normalization, exactly_its_nodes_are_found) {
    for (uint32_t seed = 1; seed <= 40; ++seed) {
        Network n(seed);
        ValueId x = n.input();
        for (int64_t blocks = n.numbers.between(1, 3); blocks > 0; --blocks) {
            x = n.numbers.between(0, 1) == 0 ? n.dense(x) : n.branch(x);
            x = n.normalised(x, n.numbers.between(0, 1) == 0);
            if (n.numbers.between(0, 1) == 0) x = n.alike(x);
            x = n.dense(x);
        }
        n.g.outputs.push_back({"y", x, ""});
        verify(n.g);
        const std::vector<bool> found = normalization_nodes(n.g);
        ASSERT_EQ(found.size(), n.g.nodes.size());
        for (size_t i = 0; i < found.size(); ++i)
            EXPECT_EQ(found[i], n.g.nodes[i].origin == Network::normalises)
                << "seed " << seed << ", node " << i << ", " << n.g.nodes[i].op->name;
    }
}

TEST(Normalization, squares_become_products_of_the_same_numbers) {
    Network n(3);
    n.g.outputs.push_back({"y", n.alike(n.normalised(n.input(), true)), ""});
    const Graph before = n.g;
    const auto squares = [](const Graph& g) {
        return std::count_if(g.nodes.begin(), g.nodes.end(), [](const Node& node) { return node.is(op::Square); });
    };
    const auto there = squares(before);
    ASSERT_GT(there, 0);
    EXPECT_EQ(spell_squares_as_products(n.g), there);
    verify(n.g);
    EXPECT_EQ(squares(n.g), 0);
    EXPECT_GT(signal_to_noise(before, n.g, random_samples(before, 5)), 120);
    EXPECT_EQ(normalization_nodes(n.g), normalization_nodes(before));
}

}  // namespace
}  // namespace tinsmith
