// Builds small ONNX models in memory, right ones and wrong ones.
#pragma once

#include "format/onnx/model.hpp"
#include "frontend/onnx/reader.hpp"
#include "onnx.pb.h"

#include <gtest/gtest.h>

#include <variant>

namespace tinsmith {

struct OnnxModel {
    using Extent = std::variant<int, const char*>;  // a number or a symbol
    using Extents = std::vector<Extent>;
    using Names = std::vector<std::string>;

    onnx::wire::Model proto;

    explicit OnnxModel(int64_t opset = 17, int64_t ir_version = 8) {
        proto.set_ir_version(ir_version);
        proto.add_opsets()->set_version(opset);
        graph().set_name("test");
    }

    onnx::wire::Graph& graph() { return *proto.mutable_graph(); }

    static void describe(onnx::wire::ValueInfo& info, const std::string& name, const Extents& extents, int type) {
        info.set_name(name);
        auto* tensor = info.mutable_type()->mutable_tensor();
        tensor->set_element_type(type);
        tensor->mutable_shape();
        for (const Extent& extent : extents) {
            auto* dim = tensor->mutable_shape()->add_dims();
            if (auto* value = std::get_if<int>(&extent))
                dim->set_value(*value);
            else
                dim->set_symbol(std::get<const char*>(extent));
        }
    }
    OnnxModel& input(const std::string& name, const Extents& extents, int type = 1) {
        describe(*graph().add_inputs(), name, extents, type);
        return *this;
    }
    OnnxModel& output(const std::string& name, const Extents& extents, int type = 1) {
        describe(*graph().add_outputs(), name, extents, type);
        return *this;
    }
    OnnxModel& value(const std::string& name, const Extents& extents, int type = 1) {
        describe(*graph().add_values(), name, extents, type);
        return *this;
    }

    static onnx::wire::Node& fill(onnx::wire::Node& node, const std::string& op, const Names& inputs, const Names& outputs,
                                  const std::string& name = {}) {
        node.set_op_type(op);
        node.set_name(name);
        for (const auto& input : inputs) node.add_inputs(input);
        for (const auto& output : outputs) node.add_outputs(output);
        return node;
    }
    onnx::wire::Node& node(const std::string& op, const Names& inputs, const Names& outputs, const std::string& name = {}) {
        return fill(*graph().add_nodes(), op, inputs, outputs, name);
    }

    onnx::wire::Tensor& tensor(const std::string& name, const std::vector<int64_t>& dims, int type = 1) {
        auto& t = *graph().add_initializers();
        t.set_name(name);
        t.set_element_type(type);
        for (int64_t dim : dims) t.add_dims(dim);
        return t;
    }
    OnnxModel& floats(const std::string& name, const std::vector<int64_t>& dims, const std::vector<float>& elements) {
        tensor(name, dims).set_raw(elements.data(), elements.size() * sizeof(float));
        return *this;
    }

    Buffer bytes() const {
        std::string text = proto.SerializeAsString();
        return Buffer::copy_of(std::as_bytes(std::span(text.data(), text.size())));
    }
    onnx::Model decode(const std::string& folder = "no such folder") const { return onnx::decode_model(bytes(), folder); }
    ReadResult read(const ReadOptions& options = {}) const { return read_onnx(decode(), options); }
};

// The Error that `body` throws: its fault is `fault` and its text contains each of `parts`.
template <class Body>
void expect_error(Fault fault, const std::vector<std::string>& parts, Body&& body) {
    try {
        body();
        ADD_FAILURE() << "no error";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, fault) << e.what();
        for (const std::string& part : parts)
            EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << part << "\n" << e.what();
    }
}

}  // namespace tinsmith
