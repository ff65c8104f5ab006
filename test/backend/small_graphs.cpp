#include "small_graphs.hpp"

#include <functional>

namespace tinsmith {

namespace {

using Draw = std::function<void(Sketch&)>;

void spatial(std::vector<std::pair<std::string, Draw>>& out) {
    struct Form {
        const char* name;
        Ints strides, dilations, pads;
    };
    for (const Form& f : {Form{"valid", {1, 1}, {1, 1}, {0, 0, 0, 0}}, Form{"same", {2, 2}, {1, 1}, {0, 0, 1, 1}},
                          Form{"explicit", {2, 2}, {1, 1}, {1, 1, 1, 1}}, Form{"dilated", {1, 1}, {2, 2}, {2, 2, 2, 2}}}) {
        Attrs attrs{{"strides", f.strides}, {"dilations", f.dilations}, {"pads", f.pads}, {"activation", std::string("relu6")}};
        out.emplace_back(std::string("conv_") + f.name, [=](Sketch& s) {
            s.output(s.b.add(op::Conv, {s.input({1, 8, 8, 3}), s.weights({8, 3, 3, 3}), s.weights({8})}, attrs));
        });
        out.emplace_back(std::string("depthwise_") + f.name, [=](Sketch& s) {
            s.output(s.b.add(op::DepthwiseConv, {s.input({1, 8, 8, 4}), s.weights({1, 3, 3, 8})}, attrs));
        });
        if (f.dilations != Ints{1, 1}) continue;
        Attrs pool{{"kernel", Ints{3, 3}}, {"strides", f.strides}, {"pads", f.pads}};
        out.emplace_back(std::string("max_pool_") + f.name, [=](Sketch& s) {
            s.output(s.b.add(op::MaxPool, {s.input({1, 8, 8, 3})}, pool));
        });
        out.emplace_back(std::string("average_pool_") + f.name, [=](Sketch& s) {
            s.output(s.b.add(op::AveragePool, {s.input({1, 8, 8, 3})}, pool));
        });
    }
    out.emplace_back("conv_groups", [](Sketch& s) {
        s.output(s.b.add(op::Conv, {s.input({1, 6, 6, 8}), s.weights({8, 3, 3, 4})}, {{"group", int64_t{2}}}));
    });
    out.emplace_back("conv_3d_groups", [](Sketch& s) {
        s.output(s.b.add(op::Conv3D, {s.input({1, 4, 5, 6, 4}), s.weights({3, 3, 3, 2, 6}), s.weights({6})},
                         {{"pads", Ints{1, 1, 1, 1, 1, 1}}, {"group", int64_t{2}}}));
    });
    for (auto [name, pads, more] :
         {std::tuple{"valid", Ints{0, 0, 0, 0}, Ints{0, 0}}, std::tuple{"same", Ints{0, 0, 1, 1}, Ints{0, 0}},
          std::tuple{"cropped", Ints{1, 1, 1, 1}, Ints{1, 1}}})
        out.emplace_back(std::string("conv_transpose_") + name, [pads = pads, more = more](Sketch& s) {
            s.output(s.b.add(op::ConvTranspose, {s.input({1, 5, 6, 4}), s.weights({8, 3, 3, 4}), s.weights({8})},
                             {{"strides", Ints{2, 2}}, {"pads", pads}, {"output_padding", more}}));
        });
    out.emplace_back("fully_connected", [](Sketch& s) {
        s.output(s.b.add(op::FullyConnected, {s.input({2, 3, 20}), s.weights({10, 20}), s.weights({10})},
                         {{"activation", std::string("relu")}}));
    });
    out.emplace_back("mat_mul_rank_6", [](Sketch& s) {
        s.output(s.b.add(op::MatMul, {s.input({2, 1, 2, 3, 4, 5}), s.input({2, 2, 3, 5, 6})}));
    });
    out.emplace_back("lrn", [](Sketch& s) {
        s.output(s.b.add(op::LRN, {s.input({1, 2, 3, 9})},
                         {{"radius", int64_t{2}}, {"bias", 1.0}, {"alpha", 0.01}, {"beta", 0.75}}));
    });
}

void movement(std::vector<std::pair<std::string, Draw>>& out) {
    for (DType t : {DType::f32, DType::i8, DType::u16, DType::i64, DType::boolean}) {
        auto add = [&](const std::string& name, const OpDef& op, const Shape& shape, const Attrs& attrs) {
            out.emplace_back(name + "_" + std::string(dtype_name(t)), [=, &op](Sketch& s) {
                for (ValueId id : s.b.add_all(op, {s.input(shape, t)}, attrs)) s.output(id);
            });
        };
        add("transpose", op::Transpose, {2, 3, 4}, {{"perm", Ints{2, 0, 1}}});
        add("slice", op::Slice, {2, 3, 8}, {{"starts", Ints{0, 1, 0}}, {"ends", Ints{2, 3, 8}}, {"steps", Ints{1, 1, 1}}});
        add("slice_backwards", op::Slice, {2, 3, 8},
            {{"starts", Ints{1, 0, 7}}, {"ends", Ints{-1, 3, -1}}, {"steps", Ints{-1, 1, -2}}});
        add("split_even", op::Split, {2, 6}, {{"axis", int64_t{1}}, {"sizes", Ints{2, 2, 2}}});
        add("split_uneven", op::Split, {2, 6}, {{"axis", int64_t{1}}, {"sizes", Ints{1, 2, 3}}});
        add("pad", op::Pad, {2, 3}, {{"before", Ints{1, 0}}, {"after", Ints{0, 2}}, {"value", 1.0}});
        add("pad_reflect", op::Pad, {2, 3}, {{"before", Ints{1, 0}}, {"after", Ints{0, 2}}, {"mode", std::string("reflect")}});
        add("tile", op::Tile, {2, 3}, {{"repeats", Ints{2, 3}}});
        add("expand", op::Expand, {2, 1}, {{"shape", Ints{4, 2, 3}}});
        add("reverse", op::Reverse, {2, 3}, {{"axes", Ints{1}}});
    }
}

void sequences(std::vector<std::pair<std::string, Draw>>& out) {
    out.emplace_back("lstm", [](Sketch& s) {
        std::vector<ValueId> operands(18, no_value);
        operands[0] = s.input({2, 5, 10});
        for (size_t gate = 0; gate < 4; ++gate) {
            operands[1 + gate] = s.weights({12, 10});
            operands[5 + gate] = s.weights({12, 12});
            operands[12 + gate] = s.weights({12});
        }
        s.output(s.b.add(op::LSTM, operands));
    });
    out.emplace_back("rnn_with_state", [](Sketch& s) {
        s.output(s.b.add(op::RNN,
                         {s.input({2, 5, 10}), s.weights({40, 10}), s.weights({40, 40}), s.weights({40}), s.input({2, 40})}));
    });
    out.emplace_back("lstm_that_remembers", [](Sketch& s) {
        std::vector<ValueId> operands(18, no_value);
        operands[0] = s.input({2, 5, 10});
        for (size_t gate = 0; gate < 4; ++gate) {
            operands[1 + gate] = s.weights({12, 10});
            operands[5 + gate] = s.weights({12, 12});
            operands[12 + gate] = s.weights({12});
        }
        for (const char* name : {"h", "c"}) operands.push_back(s.graph.add_value(name, {DType::f32, {2, 12}, {}}));
        const std::vector<ValueId> y = s.b.add_all(op::LSTM, operands, {{"states", true}});
        s.output(y[0]);
        for (size_t i : {1, 2})
            s.graph.states.push_back({i == 1 ? "h" : "c", operands[17 + i], y[i], Buffer::of(std::vector<float>(24, 0.0f))});
    });
    out.emplace_back("svdf", [](Sketch& s) {
        const ValueId state = s.graph.add_value("state", {DType::f32, {2, 30}, {}});
        const std::vector<ValueId> y = s.b.add_all(
            op::SVDF, {s.input({2, 10}), s.weights({6, 10}), s.weights({6, 5}), s.weights({3}), state}, {{"rank", int64_t{2}}});
        s.output(y[0]);
        s.graph.states.push_back({"state", state, y[1], Buffer::of(std::vector<float>(60, 0.0f))});
    });
    out.emplace_back("while", [](Sketch& s) {
        Sketch cond, body;
        ValueId i = cond.input({}, DType::i32);
        cond.input({2, 3});
        cond.output(cond.b.add(op::Less, {i, cond.b.ints({5}, {})}));
        body.output(body.b.add(op::Add, {body.input({}, DType::i32), body.b.ints({1}, {})}));
        body.output(body.b.add(op::Mul, {body.input({2, 3}), body.b.floats({0.5f}, {})}));
        Attrs attrs{{"cond", std::make_shared<const Graph>(cond.graph)}, {"body", std::make_shared<const Graph>(body.graph)}};
        for (ValueId id : s.b.add_all(op::While, {s.input({}, DType::i32), s.input({2, 3})}, attrs)) s.output(id);
    });
    out.emplace_back("states", [](Sketch& s) {
        ValueId x = s.input({2}), sum = s.graph.add_value("sum", {DType::f32, {2}, {}}), y = s.b.add(op::Add, {x, sum});
        ValueId last = s.graph.add_value("last", {DType::f32, {2}, {}});
        s.graph.states.push_back({"sum", sum, y, tinsmith::Buffer::of(std::vector<float>{1, 2})});
        s.graph.states.push_back({"last", last, x, tinsmith::Buffer::of(std::vector<float>{3, 4})});
        s.output(s.b.add(op::Mul, {y, last}));
    });
    out.emplace_back("outputs_that_alias", [](Sketch& s) {
        ValueId x = s.input({2}), y = s.b.add(op::Neg, {x});
        s.output(x);
        s.output(y);
        s.output(y);
        s.output(s.b.longs({3}, {}));
    });
}

void elementwise(std::vector<std::pair<std::string, Draw>>& out) {
    for (const OpDef* def : {&op::Add, &op::Sub, &op::Mul, &op::Max, &op::Less, &op::Equal})
        for (DType t : {DType::f32, DType::i8, DType::i64})
            out.emplace_back(std::string(def->name) + "_" + std::string(dtype_name(t)), [=](Sketch& s) {
                s.output(s.b.add(*def, {s.input({2, 3, 4}, t), s.input({3, 1}, t)}));
            });
    for (const OpDef* def : {&op::Erf, &op::Gelu, &op::HardSwish, &op::LeakyRelu, &op::Softmax, &op::Tanh})
        out.emplace_back(std::string(def->name), [=](Sketch& s) { s.output(s.b.add(*def, {s.input({2, 30})})); });
    for (const OpDef* def : {&op::ReduceSum, &op::ReduceMean, &op::ReduceMax})
        out.emplace_back(std::string(def->name), [=](Sketch& s) {
            s.output(s.b.add(*def, {s.input({2, 3, 4})}, {{"axes", Ints{0, 2}}, {"keepdims", true}}));
        });
    out.emplace_back("arg_max", [](Sketch& s) {
        s.output(s.b.add(op::ArgMax, {s.input({2, 9})}, {{"axis", int64_t{1}}, {"dtype", std::string("i64")}}));
    });
}

}  // namespace

std::vector<SmallGraph> small_graphs() {
    std::vector<std::pair<std::string, Draw>> draws;
    spatial(draws);
    movement(draws);
    sequences(draws);
    elementwise(draws);
    std::vector<SmallGraph> out;
    for (auto& [name, draw] : draws) {
        Sketch sketch;
        draw(sketch);
        out.push_back({name, std::move(sketch.graph), name == "lstm" || name == "outputs_that_alias"});
    }
    return out;
}

}  // namespace tinsmith
