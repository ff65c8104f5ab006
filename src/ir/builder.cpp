#include "ir/builder.hpp"

#include <cassert>
#include <cmath>
#include <limits>

namespace tinsmith {

namespace {

// Folding must not turn a small file into a large one: results beyond this are kept as nodes unless the inputs are as large.
constexpr size_t fold_limit = size_t{16} << 20;
// The same for all results of one builder together: so much for nothing, and so much for each byte of constants that were given.
constexpr size_t free_bytes = size_t{64} << 20, bytes_per_byte = 8;
constexpr size_t free_work = size_t{512} << 20, work_per_byte = 64;
constexpr size_t always_folded = 1024;  // bytes: shape arithmetic must never stop

template <class T>
Buffer splat_of(T element, size_t total) {
    return Buffer::splat(std::as_bytes(std::span(&element, 1)), total);
}

// The nearest value that an integer type has; the casts at its ends would be undefined.
template <class T>
Buffer whole_splat(double value, size_t total) {
    if (std::isnan(value)) return splat_of(T{0}, total);
    if (value <= static_cast<double>(std::numeric_limits<T>::min())) return splat_of(std::numeric_limits<T>::min(), total);
    if (value >= static_cast<double>(std::numeric_limits<T>::max())) return splat_of(std::numeric_limits<T>::max(), total);
    return splat_of(static_cast<T>(value), total);
}

// Copying elements about leaves a splat a splat.
bool only_moves_elements(const OpDef& op) {
    return op.name == "Reshape" || op.name == "Transpose" || op.name == "Expand" || op.name == "Tile" || op.name == "Slice" ||
           op.name == "Reverse" || op.name == "Split";
}

}  // namespace

ValueId Builder::floats(std::vector<float> values, Shape shape) {
    return constant({DType::f32, std::move(shape), {}}, Buffer::of(std::move(values)));
}

ValueId Builder::ints(std::vector<int32_t> values, Shape shape) {
    return constant({DType::i32, std::move(shape), {}}, Buffer::of(std::move(values)));
}

ValueId Builder::longs(std::vector<int64_t> values, Shape shape) {
    return constant({DType::i64, std::move(shape), {}}, Buffer::of(std::move(values)));
}

ValueId Builder::scalar(double value, DType dtype) { return splat(value, {dtype, {}, {}}); }

ValueId Builder::splat(double value, Type type) {
    size_t total = type.bytes();
    auto make = [&]() -> Buffer {
        switch (type.dtype) {
            case DType::f32: return splat_of(static_cast<float>(value), total);
            case DType::f64: return splat_of(value, total);
            case DType::i8: return whole_splat<int8_t>(value, total);
            case DType::u8: return whole_splat<uint8_t>(value, total);
            case DType::boolean: return splat_of(static_cast<uint8_t>(value != 0), total);
            case DType::i16: return whole_splat<int16_t>(value, total);
            case DType::u16: return whole_splat<uint16_t>(value, total);
            case DType::i32: return whole_splat<int32_t>(value, total);
            case DType::u32: return whole_splat<uint32_t>(value, total);
            case DType::i64: return whole_splat<int64_t>(value, total);
            case DType::u64: return whole_splat<uint64_t>(value, total);
            default: fail(Fault::unsupported, "a constant of type {}", dtype_name(type.dtype));
        }
    };
    Buffer data = make();
    return constant(std::move(type), std::move(data));
}

ValueId Builder::add(const OpDef& op, std::vector<ValueId> inputs, Attrs attrs, const std::string& name) {
    auto outputs = add_all(op, std::move(inputs), std::move(attrs), name);
    assert(outputs.size() == 1);
    return outputs[0];
}

std::vector<ValueId> Builder::add_all(const OpDef& op, std::vector<ValueId> inputs, Attrs attrs, const std::string& name) {
    while (!inputs.empty() && inputs.back() == no_value) inputs.pop_back();
    return emit(Node{&op, std::move(inputs), {}, std::move(attrs), origin}, name);
}

std::vector<ValueId> Builder::add_like(const Node& node, std::vector<ValueId> inputs, const std::string& name) {
    std::vector<ValueId> outputs = emit(Node{node.op, std::move(inputs), {}, node.attrs, node.origin}, name);
    for (size_t i = 0; i < outputs.size() && i < node.outputs.size(); ++i) {
        const Type& was = graph.type(node.outputs[i]);
        Type& now = graph.values[outputs[i]].type;
        if (was.quant && was.quant->axis < 0 && was.dtype == now.dtype && !graph.is_constant(outputs[i])) now.quant = was.quant;
    }
    return outputs;
}

std::vector<ValueId> Builder::emit(Node node, const std::string& name) {
    std::vector<Type> types = infer_types(graph, node);
    bool constant_inputs = !node.inputs.empty() && node.op->eval != nullptr;
    for (ValueId id : node.inputs) constant_inputs = constant_inputs && (id == no_value || graph.is_constant(id));
    // Stored integers are folded when everybody knows what they stand for.
    bool quantised = is_quantised(graph, node);
    for (const Type& t : types) quantised = quantised || t.quant.has_value();
    if (constant_inputs && !quantised) {
        const Buffer& first = *graph.value(node.inputs[0]).data;
        if (only_moves_elements(*node.op) && !first.splat_element().empty()) {
            std::vector<ValueId> outputs;
            for (Type& t : types) {
                size_t bytes = t.bytes();
                outputs.push_back(constant(std::move(t), Buffer::splat(first.splat_element(), bytes), name));
            }
            return outputs;
        }
        if (worth_folding(node, types)) return fold(node, types, name);
    }
    for (Type& t : types) node.outputs.push_back(graph.add_value(name, std::move(t)));
    std::vector<ValueId> outputs = node.outputs;
    graph.nodes.push_back(std::move(node));
    return outputs;
}

std::shared_ptr<Builder::Budget>& Builder::budget() {
    if (budget_) return budget_;
    size_t given = 0;
    for (const Value& value : graph.values)
        if (value.data && value.data->splat_element().empty()) given += value.data->size();
    budget_ = std::make_shared<Budget>(Budget{free_bytes + bytes_per_byte * given, free_work + work_per_byte * given});
    return budget_;
}

ValueId Builder::constant(Type type, Buffer data, std::string name) {
    if (budget_ && data.splat_element().empty()) {
        budget_->bytes += bytes_per_byte * data.size();
        budget_->work += work_per_byte * data.size();
    }
    return graph.add_constant(std::move(name), std::move(type), std::move(data));
}

// A result that is not much larger than its operands (a splat counts as its one element), within the budget.
bool Builder::worth_folding(const Node& node, const std::vector<Type>& types) {
    Budget& left = *budget();
    size_t given = 0, splats = 0, results = 0;
    std::vector<const Type*> in;
    for (ValueId id : node.inputs) {
        in.push_back(id == no_value ? nullptr : &type(id));
        if (id != no_value) (graph.value(id).data->splat_element().empty() ? given : splats) += type(id).bytes();
        if (splats > fold_limit || given > left.work) return false;
    }
    for (const Type& t : types) results += t.bytes();
    if (results > fold_limit && results > 2 * given) return false;
    size_t work = given + splats + results + (node.op->macs ? static_cast<size_t>(node.op->macs(node, in, types)) / 4 : 0);
    if (results <= always_folded && work <= always_folded) return true;
    if (results > left.bytes || work > left.work) return false;
    left.bytes -= results;
    left.work -= work;
    return true;
}

std::vector<ValueId> Builder::fold(const Node& node, const std::vector<Type>& types, const std::string& name) {
    std::vector<Buffer> results = evaluate(graph, node, types);
    std::vector<ValueId> outputs;
    for (size_t i = 0; i < types.size(); ++i) outputs.push_back(graph.add_constant(name, types[i], std::move(results[i])));
    return outputs;
}

std::vector<Type> infer_types(const Graph& graph, const Node& node) {
    size_t wanted = node.op->operands.size();
    bool variadic = wanted > 0 && node.op->operands.back().variadic;
    check(variadic || node.inputs.size() <= wanted, "{} takes at most {} operands, not {}", node.op->name, wanted,
          node.inputs.size());
    std::vector<const Type*> types;
    std::vector<const Value*> values;
    for (ValueId id : node.inputs) {
        types.push_back(id == no_value ? nullptr : &graph.type(id));
        values.push_back(id == no_value ? nullptr : &graph.value(id));
    }
    for (size_t i = 0; i < wanted; ++i) {
        bool present = i < types.size() && types[i] != nullptr;
        check(present || node.op->operands[i].optional, "operand '{}' of {} is missing", node.op->operands[i].role,
              node.op->name);
    }
    const size_t decides = node.op->integer.operand;
    if (decides < types.size() && types[decides] && is_quantised(*types[decides]) && !is_quantised(*node.op, types))
        fail(Fault::unsupported, "{} has no integer form for {}", node.op->name, to_string(*types[decides]));
    std::vector<Type> out = node.op->infer({node, types, values});
    const bool keeps_scale = node.op->quant == QuantRule::same_as_input && is_quantised(*node.op, types);
    for (Type& t : out) {
        element_count(t.shape);
        const Type* from = keeps_scale ? types[node.op->integer.operand] : nullptr;
        if (from && from->dtype == t.dtype && from->quant->axis < 0) t.quant = from->quant;
    }
    return out;
}

std::vector<Buffer> evaluate(const Graph& graph, const Node& node, const std::vector<Type>& types) {
    std::vector<Buffer> held;  // aligned copies live as long as the call
    std::vector<TensorView> in;
    held.reserve(node.inputs.size());
    for (ValueId id : node.inputs) {
        if (id == no_value) {
            in.push_back({});
            continue;
        }
        held.push_back(graph.value(id).data->aligned(std::max<size_t>(1, dtype_bits(graph.type(id).dtype) / 8)));
        static constexpr std::byte nothing{};
        const std::byte* data = held.back().bytes().data();
        in.push_back({&graph.type(id), data ? data : &nothing});
    }
    std::vector<std::vector<std::byte>> results;
    std::vector<TensorSlot> out;
    results.reserve(types.size());
    for (const Type& t : types) {
        results.emplace_back(std::max<size_t>(1, t.bytes()));
        out.push_back({&t, results.back().data()});
    }
    compute({node, in, out});
    std::vector<Buffer> buffers;
    for (size_t i = 0; i < types.size(); ++i) {
        results[i].resize(types[i].bytes());
        buffers.push_back(Buffer::of(std::move(results[i])));
    }
    return buffers;
}

}  // namespace tinsmith
