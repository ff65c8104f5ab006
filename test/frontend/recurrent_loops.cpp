// Recurrent layers that are recognised in loops written out, beside what the steps themselves compute.
#include "frontend/tensorflow/recurrent.hpp"
#include "ir/verify.hpp"
#include "pass/interpret.hpp"

#include <gtest/gtest.h>

namespace tinsmith::tensorflow {
namespace {

using tinsmith::Node;  // not the one of a GraphDef

// How the steps are written down.
struct Spelling {
    std::string kind = "gru";   // gru, gru_v1 (resets first), lstm, rnn
    bool joined = false;        // one product of [x, h] for the gates
    bool biases_apart = false;  // a bias beside each product
    bool swapped = false;       // sums and products the other way around
    bool zero_state = true;     // from zeros; else from an input
    int64_t batch = 1, steps = 4;
    std::string flaw;  // what makes it another cell
};

constexpr int64_t hidden = 3, features = 2;

class Loop {
public:
    Loop(const Spelling& how, uint32_t seed) : how_(how), random_(seed) {
        const Type type{DType::f32, {how.steps, how.batch, features}, {}};
        const ValueId x = input("x", type);
        auto rows = std::make_shared<List>();
        rows->whole = x;
        for (int64_t t = 0; t < how.steps; ++t) rows->items.push_back(take(x, t));
        const size_t states = how.kind == "lstm" ? 2 : 1;
        const Type state{DType::f32, {how.batch, hidden}, {}};
        std::vector<ValueId> now;
        for (size_t i = 0; i < states; ++i)
            now.push_back(how.zero_state ? b.splat(0, state) : input(i == 0 ? "h" : "c", state));
        List results;
        results.items.assign(static_cast<size_t>(how.steps), no_value);
        make_weights();
        first = graph.nodes.size();
        keep(rows, results, now);
        for (int64_t t = 0; t < how.steps; ++t) {
            now = step(rows->items[static_cast<size_t>(t)], now, t);
            results.items[static_cast<size_t>(t)] = now[0];
            keep(rows, results, now);
        }
    }

    Graph graph;
    Builder b{graph};
    size_t first = 0;
    std::vector<std::vector<Operand>> states;

    // With the last state and all states, as the loop gives them, for outputs.
    Graph finished() const {
        Graph out = graph;
        Builder builder(out);
        const auto& last = states.back();
        const List& list = *std::get<ListRef>(last[1]);
        out.outputs.push_back({"last", std::get<ValueId>(last[2]), {}});
        std::vector<ValueId> rows;
        for (ValueId item : list.items) rows.push_back(Compose(builder).reshape(item, {1, how_.batch, hidden}));
        out.outputs.push_back(
            {"all", list.whole != no_value ? list.whole : builder.add(op::Concat, rows, {{"axis", int64_t{0}}}), {}});
        return out;
    }

private:
    ValueId input(const char* name, Type type) {
        const ValueId id = graph.add_value(name, std::move(type));
        graph.inputs.push_back({name, id, {}});
        return id;
    }
    ValueId take(ValueId x, int64_t t) {
        Compose m{b};
        return m.reshape(m.slice(x, 0, t, t + 1), {how_.batch, features});
    }
    void keep(const ListRef& rows, const List& results, const std::vector<ValueId>& now) {
        states.push_back({rows, std::make_shared<const List>(results)});
        for (ValueId id : now) states.back().emplace_back(id);
    }
    ValueId numbers(Shape shape) {
        std::uniform_real_distribution<float> real(-1, 1);
        std::vector<float> values(static_cast<size_t>(element_count(shape)));
        for (float& value : values) value = real(random_);
        return b.floats(std::move(values), std::move(shape));
    }
    void make_weights() {
        const int64_t gates = how_.kind == "lstm" ? 4 : how_.kind == "rnn" ? 1 : 3;
        w_ = numbers({gates * hidden, features});
        u_ = numbers({gates * hidden, hidden});
        both_ = Compose(b).concat({w_, u_}, 1);
        other_ = numbers({gates * hidden, features});
        bias_ = numbers({gates * hidden});
        recurrent_bias_ = numbers({gates * hidden});
    }
    ValueId add(ValueId x, ValueId y) { return how_.swapped ? b.add(op::Add, {y, x}) : b.add(op::Add, {x, y}); }
    ValueId mul(ValueId x, ValueId y) { return how_.swapped ? b.add(op::Mul, {y, x}) : b.add(op::Mul, {x, y}); }
    ValueId dense(ValueId x, ValueId weights) { return b.add(op::FullyConnected, {x, weights}); }
    std::vector<ValueId> gates(ValueId sums, int64_t count) {
        return Compose(b).split(sums, 1, Ints(static_cast<size_t>(count), hidden));
    }

    std::vector<ValueId> step(ValueId x, const std::vector<ValueId>& before, int64_t t) {
        const bool other = how_.flaw == "other weights" && t == how_.steps - 2;
        const ValueId h = before[0], w = other ? other_ : w_;
        if (how_.kind == "gru") return {gru(x, h, w)};
        if (how_.kind == "gru_v1") return {gru_v1(x, h, w)};
        ValueId sums;
        if (how_.joined)
            sums = add(b.add(op::FullyConnected, {Compose(b).concat({x, h}, 1), both_}), bias_);
        else if (how_.biases_apart)
            sums = add(b.add(op::FullyConnected, {x, w, bias_}), add(dense(h, u_), recurrent_bias_));
        else
            sums = add(add(dense(x, w), dense(h, u_)), bias_);
        if (how_.kind == "rnn") return {b.add(op::Tanh, {sums})};
        const auto ifgo = gates(sums, 4);
        const ValueId c = add(mul(sigmoid(ifgo[1]), before[1]), mul(sigmoid(ifgo[0]), b.add(op::Tanh, {ifgo[2]})));
        return {mul(sigmoid(ifgo[3]), b.add(op::Tanh, {how_.flaw == "shows another" ? before[1] : c})), c};
    }

    ValueId sigmoid(ValueId x) { return b.add(op::Sigmoid, {x}); }

    // z h + (1 - z) n
    ValueId blend(ValueId z, ValueId h, ValueId n) {
        const ValueId rest = b.add(op::Sub, {b.scalar(how_.flaw == "no complement" ? 2 : 1, DType::f32), z});
        return add(mul(z, how_.flaw == "keeps n" ? n : h), mul(rest, n));
    }
    ValueId gru(ValueId x, ValueId h, ValueId w) {
        const auto of_x = gates(add(dense(x, w), bias_), 3), of_h = gates(add(dense(h, u_), recurrent_bias_), 3);
        const ValueId z = sigmoid(add(of_x[0], of_h[0])), r = sigmoid(add(of_x[1], of_h[1]));
        return blend(z, h, b.add(op::Tanh, {add(of_x[2], mul(r, of_h[2]))}));
    }
    ValueId gru_v1(ValueId x, ValueId h, ValueId w) {
        Compose m{b};
        const auto of_x = gates(add(dense(x, w), bias_), 3);
        const auto of_h = gates(dense(h, m.slice(u_, 0, 0, 2 * hidden)), 2);
        const ValueId z = sigmoid(add(of_x[0], of_h[0])), r = sigmoid(add(of_x[1], of_h[1]));
        const ValueId product = dense(mul(r, h), m.slice(u_, 0, 2 * hidden, 3 * hidden));
        return blend(z, h, b.add(op::Tanh, {add(of_x[2], product)}));
    }

    Spelling how_;
    std::mt19937 random_;
    ValueId w_ = no_value, u_ = no_value, both_ = no_value, other_ = no_value, bias_ = no_value, recurrent_bias_ = no_value;
};

std::string described(const Spelling& how) {
    return fmt::format("{} joined {} apart {} swapped {} zero {} batch {} {}", how.kind, how.joined, how.biases_apart,
                       how.swapped, how.zero_state, how.batch, how.flaw);
}

bool replaces(Loop& loop, bool unroll) {
    const auto before = std::get<ValueId>(loop.states.back()[2]);
    recognise_recurrent(loop.b, loop.first, unroll, loop.states);
    return std::get<ValueId>(loop.states.back()[2]) != before;
}

size_t count(const Graph& graph, const OpDef& op) {
    return static_cast<size_t>(
        std::count_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) { return node.is(op); }));
}

std::vector<Spelling> spellings() {
    std::vector<Spelling> out;
    for (const char* kind : {"gru", "gru_v1", "lstm", "rnn"})
        for (int bits = 0; bits < 32; ++bits) {
            Spelling how{kind, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0 ? 2 : 1, 4,
                         {}};
            const bool gates_of_gru = how.kind.starts_with("gru");
            if ((how.joined && how.biases_apart) || (gates_of_gru && (how.joined || how.biases_apart))) continue;
            out.push_back(how);
        }
    return out;
}

TEST(RecurrentLoops, TheLayerComputesWhatItsStepsDo) {
    uint32_t seed = 1;
    for (const Spelling& how : spellings()) {
        SCOPED_TRACE(described(how));
        Loop loop(how, ++seed);
        const Graph steps = loop.finished();
        ASSERT_TRUE(replaces(loop, true));
        const Graph layer = loop.finished();
        verify(layer);
        const auto inputs = test::random_inputs(steps, seed);
        EXPECT_LT(test::difference(test::interpret(steps, steps, inputs), test::interpret(layer, steps, inputs)), 1e-5);
        if (how.zero_state) {
            EXPECT_EQ(count(layer, op::LSTM), how.kind == "lstm" ? 1u : 0u);
            EXPECT_EQ(count(layer, op::RNN), how.kind == "rnn" ? 1u : 0u);
        }
    }
}

TEST(RecurrentLoops, OneLoopWhereItIsAskedFor) {
    for (const char* kind : {"gru", "gru_v1"}) {
        Spelling how;
        how.kind = kind;
        Loop loop(how, 7);
        ASSERT_TRUE(replaces(loop, false));
        const Graph layer = loop.finished();
        verify(layer);
        EXPECT_EQ(count(layer, op::While), 1u);
    }
}

TEST(RecurrentLoops, OtherCellsStayAsTheyAre) {
    for (const auto& [kind, flaw] : {std::pair{"gru", "other weights"},
                                     {"gru", "no complement"},
                                     {"gru", "keeps n"},
                                     {"gru_v1", "other weights"},
                                     {"gru_v1", "no complement"},
                                     {"lstm", "other weights"},
                                     {"lstm", "shows another"},
                                     {"rnn", "other weights"}}) {
        Spelling how;
        how.kind = kind;
        how.flaw = flaw;
        SCOPED_TRACE(described(how));
        Loop loop(how, 3);
        EXPECT_FALSE(replaces(loop, true));
    }
}

}  // namespace
}  // namespace tinsmith::tensorflow
