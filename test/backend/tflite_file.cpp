// How a file is laid out, and how weights are stored in it.
#include "format/tflite/schema_generated.h"
#include "frontend/tflite/model_reader.hpp"
#include "ir/text.hpp"
#include "small_graphs.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tinsmith {
namespace {

Graph prepared(Sketch& sketch, const TfliteOptions& options = {}) {
    Graph graph = sketch.graph;
    prepare_for_tflite(graph, options);
    return graph;
}

TEST(TfliteFile, equal_weights_are_stored_once_and_all_payloads_are_aligned) {
    Sketch s;
    ValueId x = s.input({1, 64}), w = s.weights({64, 64});
    ValueId copy = s.b.constant(s.b.type(w), Buffer::copy_of(s.graph.value(w).data->bytes()));
    ValueId y = s.b.add(op::FullyConnected, {x, w});
    s.output(s.b.add(op::FullyConnected, {y, copy}));
    auto bytes = tflite_bytes(prepared(s));
    const tflite::Model* model = tflite::GetModel(bytes.data());
    EXPECT_EQ(model->buffers()->size(), 2u);
    EXPECT_EQ(model->subgraphs()->Get(0)->tensors()->size(), 4u) << "two activations, the input, one weight";
    for (uint32_t i = 1; i < model->buffers()->size(); ++i) {
        auto at = reinterpret_cast<const std::byte*>(model->buffers()->Get(i)->data()->data()) - bytes.data();
        EXPECT_EQ(at % 16, 0) << "buffer " << i;
    }
    EXPECT_LT(bytes.size(), 64u * 64 * 4 + 700);
}

TEST(TfliteFile, signature_and_tensors_bear_the_names_of_the_ports) {
    Sketch s;
    s.output(s.b.add(op::Tanh, {s.input({3})}));
    auto bytes = tflite_bytes(prepared(s));
    const tflite::Model* model = tflite::GetModel(bytes.data());
    const tflite::SignatureDef* signature = model->signature_defs()->Get(0);
    EXPECT_EQ(signature->signature_key()->str(), "serving_default");
    EXPECT_EQ(signature->inputs()->Get(0)->name()->str(), "in0");
    EXPECT_EQ(signature->outputs()->Get(0)->name()->str(), "out0");
    const tflite::SubGraph* main = model->subgraphs()->Get(0);
    EXPECT_EQ(main->tensors()->Get(static_cast<uint32_t>(main->outputs()->Get(0)))->name()->str(), "out0");
}

// Keeps the head, counts the rest.
class HeadSink : public ByteSink {
public:
    std::vector<std::byte> head;
    uint64_t size = 0;
    void write(std::span<const std::byte> more) override {
        size_t room = std::min<size_t>(more.size(), (1u << 20) - std::min<size_t>(head.size(), 1u << 20));
        head.insert(head.end(), more.begin(), more.begin() + static_cast<std::ptrdiff_t>(room));
        size += more.size();
    }
};

TEST(TfliteFile, payloads_beyond_2_gb_lie_outside_the_flatbuffer) {
    Sketch s;
    ValueId x = s.input({1, 30000});
    s.output(s.b.add(op::FullyConnected, {x, s.b.splat(0.5, {DType::f32, {20000, 30000}, {}})}));
    HeadSink sink;
    write_tflite(prepared(s), {}, sink);
    const tflite::Buffer* buffer = tflite::GetModel(sink.head.data())->buffers()->Get(1);
    EXPECT_EQ(buffer->data(), nullptr);
    EXPECT_EQ(buffer->size(), uint64_t{20000} * 30000 * 4);
    EXPECT_EQ(buffer->offset() % 16, 0u);
    EXPECT_EQ(buffer->offset() + buffer->size(), sink.size);
}

TEST(TfliteFile, dynamic_range_stores_int8_by_channel_and_reads_back_near) {
    Sketch s;
    s.output(s.b.add(op::FullyConnected, {s.input({1, 64}), s.weights({32, 64}), s.weights({32})}));
    TfliteOptions options{.method = Method::dynamic_range};
    auto bytes = tflite_bytes(prepared(s, options), options);
    const tflite::Model* model = tflite::GetModel(bytes.data());
    std::set<int> versions;
    for (const tflite::OperatorCode* code : *model->operator_codes()) versions.insert(code->version());
    EXPECT_EQ(versions, std::set<int>{12}) << "hybrid, one scale for each channel";
    const tflite::Tensor* weights = model->subgraphs()->Get(0)->tensors()->Get(1);
    EXPECT_EQ(weights->type(), tflite::TensorType::INT8);
    ASSERT_EQ(weights->quantization()->scale()->size(), 32u);
    const auto* stored = model->buffers()->Get(weights->buffer())->data();
    for (uint32_t i = 0; i < stored->size(); ++i) EXPECT_NE(static_cast<int8_t>(stored->Get(i)), -128);
    EXPECT_NO_THROW(tflite::read(Buffer::copy_of(bytes)));
}

TEST(TfliteFile, dynamic_range_of_nothing_is_refused_with_reasons) {
    Sketch s;
    s.b.origin = "dw";
    s.output(s.b.add(op::DepthwiseConv, {s.input({1, 8, 8, 256}), s.weights({1, 3, 3, 256}), s.weights({256})}));
    Graph graph = s.graph;
    try {
        prepare_for_tflite(graph, {.method = Method::dynamic_range});
        FAIL() << "prepared";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::unsupported);
        EXPECT_NE(std::string(e.what()).find("'dw'"), std::string::npos) << e.what();
    }
    graph = s.graph;
    EXPECT_TRUE(prepare_for_tflite(graph, {.method = Method::dynamic_range, .quantize_depthwise = true}).empty());
}

TEST(TfliteFile, one_line_names_what_stays_float_for_one_reason) {
    Sketch s;
    ValueId x = s.input({1, 8, 8, 256});
    for (const char* name : {"dw1", "dw2", "dw3"}) {
        s.b.origin = name;
        x = s.b.add(op::DepthwiseConv, {x, s.weights({1, 3, 3, 256}), s.weights({256})});
    }
    s.output(s.b.add(op::Conv, {x, s.weights({8, 1, 1, 256}), s.weights({8})}));
    const std::vector<std::string> notes = prepare_for_tflite(s.graph, {.method = Method::dynamic_range});
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_TRUE(notes[0].starts_with("DepthwiseConv 'dw1' and 2 more stay float32: ")) << notes[0];
}

// An int8 convolution with a scale for each channel, another, and a dense layer with one scale.
Graph integer_layers() {
    Graph g;
    Builder b(g);
    const auto activation = [](Shape shape, float scale) { return Type{DType::i8, std::move(shape), Quant{{scale}, {3}, -1}}; };
    const auto constant = [&](DType dtype, Shape shape, std::vector<float> scale) {
        const int axis = scale.size() > 1 ? 0 : -1;
        const std::vector<int64_t> zeros(scale.size());
        std::vector<std::byte> bytes(Type{dtype, shape, {}}.bytes());
        for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 37 % 5);
        return g.add_constant("", {dtype, std::move(shape), Quant{std::move(scale), zeros, axis}}, Buffer::copy_of(bytes));
    };
    const auto layer = [&](const OpDef& op, std::vector<ValueId> inputs, float scale) {
        Node node{&op, std::move(inputs), {}, {}, "layer"};
        node.outputs.push_back(g.add_value("", activation(infer_types(g, node)[0].shape, scale)));
        g.nodes.push_back(node);
        return node.outputs[0];
    };
    ValueId x = g.add_value("x", activation({1, 4, 4, 2}, 0.5f));
    g.inputs.push_back({"x", x, {}});
    x = layer(op::Conv,
              {x, constant(DType::i8, {3, 1, 1, 2}, {0.1f, 0.2f, 0.3f}), constant(DType::i32, {3}, {0.05f, 0.1f, 0.15f})},
              0.25f);
    x = layer(op::Conv,
              {x, constant(DType::i8, {3, 1, 1, 3}, {0.4f, 0.5f, 0.6f}), constant(DType::i32, {3}, {0.1f, 0.125f, 0.15f})},
              1.0f);
    x = b.add(op::Reshape, {x}, {{"shape", Shape{1, 48}}});
    g.values[x].type.quant = activation({}, 1.0f).quant;
    x = layer(op::FullyConnected, {x, constant(DType::i8, {2, 48}, {0.5f}), constant(DType::i32, {2}, {0.5f})}, 1.0f);
    g.outputs.push_back({"y", x, {}});
    return g;
}

TEST(TfliteFile, the_form_for_tflite_micro_states_one_zero_point_and_no_scales_of_a_bias) {
    const Graph graph = integer_layers();
    const auto bytes = tflite_bytes(graph, {.method = Method::int8, .micro = true});
    EXPECT_LT(bytes.size(), tflite_bytes(graph, {.method = Method::int8}).size());
    const tflite::Model* model = tflite::GetModel(bytes.data());
    EXPECT_EQ(model->signature_defs(), nullptr);
    const tflite::SubGraph* main = model->subgraphs()->Get(0);
    const auto operand = [&](uint32_t layer, uint32_t i) {
        return main->tensors()->Get(static_cast<uint32_t>(main->operators()->Get(layer)->inputs()->Get(i)));
    };
    for (uint32_t conv : {0u, 1u}) {
        EXPECT_EQ(operand(conv, 1)->quantization()->scale()->size(), 3u);
        EXPECT_EQ(operand(conv, 1)->quantization()->zero_point()->size(), 1u);
        EXPECT_EQ(operand(conv, 2)->quantization(), nullptr);
    }
    EXPECT_EQ(operand(3, 2)->quantization()->scale()->Get(0), 0.5f) << "its kernel looks at it";
    Graph again = tflite::read(Buffer::copy_of(bytes)).graph;
    again.name = "main";
    const PrintOptions all{.max_constant = 100};
    EXPECT_EQ(print(again, all),
              print(tflite::read(Buffer::copy_of(tflite_bytes(graph, {.method = Method::int8}))).graph, all));
    EXPECT_EQ(tflite_bytes(again, {.method = Method::int8, .micro = true}), bytes);
}

TEST(TfliteFile, the_most_frequent_operator_is_the_first_code) {
    Sketch s;
    const ValueId x = s.b.add(op::Tanh, {s.input({3})});
    s.output(s.b.add(op::Sigmoid, {s.b.add(op::Sigmoid, {x})}));
    const auto bytes = tflite_bytes(prepared(s));
    const tflite::Model* model = tflite::GetModel(bytes.data());
    EXPECT_EQ(model->operator_codes()->Get(0)->builtin_code(), tflite::BuiltinOperator::LOGISTIC);
}

// Name, version, options and declared results come back as they went in; equal ones are two, since nothing is known of them.
TEST(TfliteFile, custom_operators_survive_untouched) {
    Sketch s;
    const ValueId x = s.input({2, 3});
    const Attrs attrs{{"code", std::string("Flex\"Roll")},
                      {"version", int64_t{2}},
                      {"options", std::string("\x00\xff\x01", 3)},
                      {"dtypes", std::string("f32,i32")},
                      {"shapes", Ints{2, 2, 3, 0}}};
    for (int i = 0; i < 2; ++i)
        for (ValueId y : s.b.add_all(op::Custom, {x, no_value, x}, attrs)) s.output(y);
    Graph graph = prepared(s);
    run_passes(graph, optimizing_passes(), {});
    const std::vector<std::byte> bytes = tflite_bytes(graph);
    const Graph back = tflite::read(Buffer::copy_of(bytes)).graph;
    ASSERT_EQ(back.nodes.size(), 2u);
    for (const Node& node : back.nodes) {
        EXPECT_TRUE(node.is(op::Custom));
        EXPECT_EQ(node.attrs, attrs);
        EXPECT_EQ(node.inputs, (std::vector<ValueId>{back.inputs[0].value, no_value, back.inputs[0].value}));
        EXPECT_EQ(back.type(node.outputs[1]), (Type{DType::i32, {}, {}}));
    }
    EXPECT_EQ(tflite_bytes(back), bytes);
}

TEST(TfliteFile, float16_keeps_what_half_precision_cannot_hold) {
    Sketch s;
    ValueId x = s.input({64}), y = s.b.add(op::Add, {x, s.weights({64})});
    s.output(s.b.add(op::Add, {y, s.b.splat(1e9, {DType::f32, {64}, {}})}));
    Graph graph = s.graph;
    auto notes = prepare_for_tflite(graph, {.method = Method::float16});
    EXPECT_EQ(notes.size(), 1u);
    ASSERT_EQ(graph.nodes.size(), 3u);
    EXPECT_TRUE(graph.nodes[0].is(op::Dequantize));
    EXPECT_EQ(graph.type(graph.nodes[0].inputs[0]).dtype, DType::f16);
}

TEST(TfliteFile, all_refused_nodes_are_named_at_once) {
    Sketch s;
    for (const char* origin : {"first", "second"}) {
        s.b.origin = origin;
        s.output(s.b.add(op::SquaredDifference, {s.input({2}, DType::i64), s.input({2}, DType::i64)}));
    }
    try {
        prepare_for_tflite(s.graph, {});
        FAIL() << "prepared";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::unsupported);
        std::string text = e.what();
        EXPECT_NE(text.find("'first'"), std::string::npos) << text;
        EXPECT_NE(text.find("'second'"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace tinsmith
