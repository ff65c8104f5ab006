// Every byte may be a lie: the flatbuffer verifier checks tables and vectors, this file every index, offset, extent and size.
#include "frontend/tflite/model_reader.hpp"
#include "frontend/tflite/quantized.hpp"
#include "frontend/tflite/sparse.hpp"
#include "frontend/tflite/variables.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tinsmith::tflite {

namespace {

// Names are copied per tensor; a hostile file could share one long name among a million of them.
constexpr uint64_t most_name_bytes = 1 << 12;
constexpr int deepest_nesting = 16;

class ModelReader {
public:
    ModelReader(const tinsmith::Buffer& file, const Model& model) : file_(file), model_(model) {}

    ReadResult run() {
        check(model_.version() == 3, "schema version {}, expected 3", model_.version());
        check(model_.subgraphs() && model_.subgraphs()->size() > 0, "the model has no sub-graph");
        ReadResult result;
        result.format = "tflite";
        result.graph = within("main", [&] { return read(0); });
        if (!refused_.empty()) {
            std::string text = "these operators are not read:";
            for (const std::string& line : refused_) text += "\n  " + line;
            throw Error(Fault::unsupported, text);
        }
        name_ports(result.graph);
        variables_.finish(result.graph);
        if (size_t states = result.graph.states.size(); states > 0)
            notes_.push_back(fmt::format("keeps {} state{} from one run to the next: samples follow each other", states,
                                         states == 1 ? "" : "s"));
        result.notes = std::move(notes_);
        return result;
    }

private:
    Graph read(int32_t index);
    GraphRef shared(int32_t index);
    Type type_of(const tflite::Tensor& tensor) const;
    std::optional<Quant> quant_of(const QuantizationParameters& q, const Shape& shape) const;
    tinsmith::Buffer payload(const tflite::Tensor& tensor, const Type& type) const;
    void read_operator(Graph& graph, const SubGraph& source, const Operator& op, size_t position,
                       std::vector<ValueId>& value_of);
    bool read_variable(Graph& graph, const SubGraph& source, const Operator& op, BuiltinOperator code,
                       std::vector<ValueId>& value_of);
    void read_initial(int32_t index);
    void name_ports(Graph& graph);

    tinsmith::Buffer file_;
    const Model& model_;
    std::map<int32_t, GraphRef> graphs_;  // bodies of control flow
    ValueId read_state(Builder& builder, const tflite::Tensor& tensor, int64_t index);
    void assign_states(const OperatorReader& reader, std::vector<ValueId>& values, size_t outputs);

    Variables variables_;
    std::map<ValueId, std::string> states_;   // of the main graph's recurrent operators: the variables they are
    std::map<int64_t, std::string> handles_;  // of the main graph's tensors: the variables they mean
    int nesting_ = 0;
    std::vector<std::string> refused_, notes_;
};

std::string text_of(const flatbuffers::String* text) {
    return text ? std::string(text->c_str(), std::min<uint64_t>(text->size(), most_name_bytes)) : std::string();
}

template <class Vector>
Ints indices(const Vector* vector) {
    return vector ? Ints(vector->begin(), vector->end()) : Ints();
}

std::optional<Quant> ModelReader::quant_of(const QuantizationParameters& q, const Shape& shape) const {
    if (!q.scale() || q.scale()->size() == 0) return std::nullopt;
    supported(q.details_type() == QuantizationDetails::NONE, "custom quantisation is not read");
    Quant quant;
    quant.scale.assign(q.scale()->begin(), q.scale()->end());
    if (q.zero_point()) quant.zero_point.assign(q.zero_point()->begin(), q.zero_point()->end());
    if (quant.zero_point.size() == 1 && quant.scale.size() > 1)
        quant.zero_point.resize(quant.scale.size(), quant.zero_point[0]);
    if (quant.zero_point.empty()) quant.zero_point.resize(quant.scale.size(), 0);
    check(quant.zero_point.size() == quant.scale.size(), "{} scales, {} zero points", quant.scale.size(),
          quant.zero_point.size());
    if (quant.scale.size() == 1) return quant;
    // Old converters give a bias the dimension of its weights.
    int64_t axis = shape.size() == 1 ? 0 : normalized_axis(q.quantized_dimension(), std::ssize(shape));
    check(shape[static_cast<size_t>(axis)] == std::ssize(quant.scale), "{} scales for {} along dimension {}",
          quant.scale.size(), to_string(shape), axis);
    quant.axis = static_cast<int>(axis);
    return quant;
}

Type ModelReader::type_of(const tflite::Tensor& tensor) const {
    auto dtype = dtype_of(tensor.type());
    supported(dtype.has_value(), "tensors of type {} are not read", EnumNameTensorType(tensor.type()));
    supported(tensor.external_buffer() == 0, "external buffers are not read");
    Type type{*dtype, {}, {}};
    if (tensor.shape()) {
        check(tensor.shape()->size() <= 8, "it has {} dimensions", tensor.shape()->size());
        type.shape.assign(tensor.shape()->begin(), tensor.shape()->end());
    }
    element_count(type.shape);  // throws where extents are negative or far too large
    if (tensor.quantization() && is_integer(*dtype)) type.quant = quant_of(*tensor.quantization(), type.shape);
    return type;
}

// A payload stands inside the flatbuffer, or outside it at an offset from the start of the file.
tinsmith::Buffer ModelReader::payload(const tflite::Tensor& tensor, const Type& type) const {
    const uint32_t index = tensor.buffer();
    check(model_.buffers() && index < model_.buffers()->size(), "buffer {} does not exist", index);
    const tflite::Buffer* buffer = model_.buffers()->Get(index);
    check(buffer != nullptr, "buffer {} is empty", index);
    uint64_t at = 0, size = 0;
    if (buffer->data()) {
        at = static_cast<uint64_t>(reinterpret_cast<const std::byte*>(buffer->data()->data()) - file_.bytes().data());
        size = buffer->data()->size();
    } else {
        at = buffer->offset();
        size = buffer->size();
        check(at <= file_.size() && size <= file_.size() - at, "buffer {} lies at {}..{} of a file of {} bytes", index, at,
              at + size, file_.size());
    }
    if (tensor.sparsity()) return dense(*tensor.sparsity(), type, file_.slice(at, size));
    check(size == type.bytes(), "buffer {} holds {} bytes, {} needs {}", index, size, to_string(type), type.bytes());
    return file_.slice(at, size);
}

bool is_present(const Model& model, const tflite::Tensor& tensor) {
    if (tensor.buffer() == 0 || tensor.is_variable()) return false;
    check(model.buffers() && tensor.buffer() < model.buffers()->size(), "buffer {} does not exist", tensor.buffer());
    const tflite::Buffer* buffer = model.buffers()->Get(tensor.buffer());
    // Writers give computed tensors empty buffers of their own.
    return buffer && ((buffer->data() && buffer->data()->size() > 0) || buffer->offset() > 1);
}

Graph ModelReader::read(int32_t index) {
    check(index >= 0 && static_cast<uint32_t>(index) < model_.subgraphs()->size(), "sub-graph {} does not exist", index);
    check(nesting_ < deepest_nesting, "control flow is nested more than {} deep", deepest_nesting);
    const SubGraph& source = *model_.subgraphs()->Get(static_cast<uint32_t>(index));
    check(source.tensors() != nullptr, "it has no tensors");
    ++nesting_;
    Graph graph;
    graph.name = text_of(source.name());
    size_t count = source.tensors()->size();
    std::vector<ValueId> value_of(count, no_value);
    auto tensor_at = [&](int64_t tensor) -> const tflite::Tensor& {
        check(tensor >= 0 && tensor < static_cast<int64_t>(count), "tensor {} does not exist", tensor);
        return *source.tensors()->Get(static_cast<uint32_t>(tensor));
    };
    for (int64_t tensor : indices(source.inputs())) {
        const tflite::Tensor& t = tensor_at(tensor);
        std::string name = text_of(t.name());
        check(value_of[static_cast<size_t>(tensor)] == no_value, "tensor {} is an input twice", tensor);
        ValueId id = within(fmt::format("input '{}'", name), [&] { return graph.add_value(name, type_of(t)); });
        value_of[static_cast<size_t>(tensor)] = id;
        graph.inputs.push_back({name.empty() ? fmt::format("input{}", graph.inputs.size()) : name, id, {}});
    }
    for (size_t i = 0; i < count; ++i) {
        const tflite::Tensor& t = tensor_at(static_cast<int64_t>(i));
        within(fmt::format("tensor {} '{}'", i, text_of(t.name())), [&] {
            if (value_of[i] != no_value || !is_present(model_, t)) return;
            Type type = type_of(t);
            tinsmith::Buffer data = payload(t, type);
            value_of[i] = graph.add_constant(text_of(t.name()), std::move(type), std::move(data));
        });
    }
    size_t operators = source.operators() ? source.operators()->size() : 0;
    for (size_t i = 0; i < operators; ++i)
        read_operator(graph, source, *source.operators()->Get(static_cast<uint32_t>(i)), i, value_of);
    if (refused_.empty()) {
        for (int64_t tensor : indices(source.outputs())) {
            std::string name = text_of(tensor_at(tensor).name());
            ValueId id = value_of[static_cast<size_t>(tensor)];
            check(id != no_value, "output tensor {} '{}' is never computed", tensor, name);
            graph.outputs.push_back({name.empty() ? fmt::format("output{}", graph.outputs.size()) : name, id, {}});
        }
    }
    --nesting_;
    return graph;
}

GraphRef ModelReader::shared(int32_t index) {
    auto known = graphs_.find(index);
    if (known != graphs_.end()) return known->second;
    GraphRef graph = std::make_shared<const Graph>(within(fmt::format("sub-graph {}", index), [&] { return read(index); }));
    graphs_[index] = graph;
    return graph;
}

void ModelReader::read_operator(Graph& graph, const SubGraph& source, const Operator& op, size_t position,
                                std::vector<ValueId>& value_of) {
    check(model_.operator_codes() && op.opcode_index() < model_.operator_codes()->size(), "operator {}: code {} does not exist",
          position, op.opcode_index());
    const OperatorCode& operator_code = *model_.operator_codes()->Get(op.opcode_index());
    BuiltinOperator code = builtin_of(operator_code);
    Ints outputs = indices(op.outputs());
    auto count = static_cast<int64_t>(value_of.size());
    auto tensor_at = [&](int64_t tensor) -> const tflite::Tensor& {
        check(tensor >= 0 && tensor < count, "operator {} ({}): tensor {} does not exist", position, operator_name(code),
              tensor);
        return *source.tensors()->Get(static_cast<uint32_t>(tensor));
    };
    std::string origin = outputs.empty() ? std::string() : text_of(tensor_at(outputs[0]).name());
    if (origin.empty()) origin = fmt::format("{}#{}", operator_name(code), position);
    std::string where = fmt::format("operator '{}' ({})", origin, operator_name(code));

    if (within(where, [&] { return read_variable(graph, source, op, code, value_of); })) return;
    ReadOperator read_function = reader_of(code);
    if (!read_function) {
        constexpr size_t most_lines = 50;
        if (refused_.size() < most_lines) refused_.push_back(fmt::format("{} '{}'", operator_name(code), origin));
        return;
    }
    Builder builder(graph);
    builder.origin = origin;
    OperatorReader reader{builder, op, code, operator_code, {}, {}, [this](int32_t index) { return shared(index); }};
    for (int64_t tensor : indices(op.inputs())) {
        if (tensor == -1) {
            reader.in.push_back(no_value);
            continue;
        }
        const tflite::Tensor& t = tensor_at(tensor);
        ValueId id = value_of[static_cast<size_t>(tensor)];
        if (id == no_value && !refused_.empty()) return;  // what computes it is on the list already
        if (id == no_value && t.is_variable()) id = read_state(builder, t, tensor);
        if (id == no_value && !t.is_variable() && t.buffer() != 0)
            if (Type type = type_of(t); type.bytes() == 0)
                id = graph.add_constant({}, std::move(type),
                                        tinsmith::Buffer());  // such a constant looks like a computed tensor
        check(id != no_value || t.is_variable(), "{} reads tensor {} '{}' before it is computed", where, tensor,
              text_of(t.name()));
        reader.in.push_back(id);
    }
    within(where, [&] {
        for (int64_t tensor : outputs) reader.declared.push_back(type_of(tensor_at(tensor)));
        state_bias_scales(reader);
        bool floats = needs_floats(reader);
        if (floats) dequantize_operands(reader);
        const size_t first = graph.nodes.size();
        std::vector<ValueId> values = read_function(reader);
        if (floats) quantize_results(reader, values);
        assign_states(reader, values, outputs.size());
        check(values.size() >= outputs.size(), "it has {} outputs, not {}", values.size(), outputs.size());
        for (size_t i = 0; i < outputs.size(); ++i) {
            auto at = static_cast<size_t>(outputs[i]);
            check(value_of[at] == no_value, "tensor {} is computed twice", outputs[i]);
            value_of[at] = values[i];
            Value& value = graph.values[values[i]];
            if (value.name.empty()) value.name = text_of(tensor_at(outputs[i]).name());
            if (reader.declared[i].quant && !value.is_constant() && value.type.dtype == reader.declared[i].dtype)
                value.type.quant = reader.declared[i].quant;
        }
        check_stored_results(graph, first);
    });
}

static const tflite::Tensor& nth(const SubGraph& graph, const Ints& list, size_t i) {
    check(i < list.size(), "it has {} tensors, not {}", list.size(), i + 1);
    check(graph.tensors() && list[i] >= 0 && list[i] < static_cast<int64_t>(graph.tensors()->size()),
          "tensor {} does not exist", list[i]);
    return *graph.tensors()->Get(static_cast<uint32_t>(list[i]));
}

// The state of a recurrent operator, which nothing computes: it starts from zero, and a run finds what the last one left.
ValueId ModelReader::read_state(Builder& builder, const tflite::Tensor& tensor, int64_t index) {
    Type type = type_of(tensor);
    const bool stored = is_quantised(type) && type.quant->zero_point.size() == 1;
    if (!stored && type.dtype != DType::f32) return no_value;
    const ValueId start = builder.splat(stored ? static_cast<double>(type.quant->zero_point[0]) : 0.0, type);
    if (nesting_ != 1) return start;
    std::string name = fmt::format("{}#{}", text_of(tensor.name()), index);
    variables_.initialise({name, type, *builder.graph.value(start).data});
    const ValueId value = variables_.read(builder, name, type);
    builder.graph.values[value].name = text_of(tensor.name());
    states_[value] = std::move(name);
    return value;
}

// Values behind those that the file knows are what the states among the last operands become.
void ModelReader::assign_states(const OperatorReader& reader, std::vector<ValueId>& values, size_t outputs) {
    std::vector<std::string> names;
    for (ValueId id : reader.in)
        if (auto at = states_.find(id); at != states_.end()) names.push_back(at->second);
    if (values.size() != outputs + names.size()) return;
    for (size_t i = 0; i < names.size(); ++i) variables_.assign(names[i], values[outputs + i]);
    values.resize(outputs);
}

// Operators on variables have no nodes of their own: they say which values a run finds and which it leaves.
bool ModelReader::read_variable(Graph& graph, const SubGraph& source, const Operator& op, BuiltinOperator code,
                                std::vector<ValueId>& value_of) {
    using B = BuiltinOperator;
    if (code != B::CALL_ONCE && code != B::VAR_HANDLE && code != B::READ_VARIABLE && code != B::ASSIGN_VARIABLE) return false;
    supported(nesting_ == 1, "variables inside control flow are not read");
    Ints in = indices(op.inputs()), out = indices(op.outputs());
    if (code == B::CALL_ONCE) {
        const auto* options = op.builtin_options_as_CallOnceOptions();
        check(options != nullptr, "it has no options, or another operator's");
        within("the sub-graph that starts variables", [&] { read_initial(options->init_subgraph_index()); });
        return true;
    }
    if (code == B::VAR_HANDLE) {
        nth(source, out, 0);
        handles_[out[0]] = Variables::name_of(op);
        return true;
    }
    nth(source, in, 0);
    auto handle = handles_.find(in[0]);
    check(handle != handles_.end(), "tensor {} is no variable", in[0]);
    if (code == B::READ_VARIABLE) {
        const tflite::Tensor& t = nth(source, out, 0);
        ValueId& value = value_of[static_cast<size_t>(out[0])];
        check(value == no_value, "tensor {} is computed twice", out[0]);
        Builder builder(graph);
        value = variables_.read(builder, handle->second, type_of(t));
    } else {
        nth(source, in, 1);
        ValueId value = value_of[static_cast<size_t>(in[1])];
        check(value != no_value || !refused_.empty(), "tensor {} is assigned before it is computed", in[1]);
        if (value != no_value) variables_.assign(handle->second, value);
    }
    return true;
}

void ModelReader::read_initial(int32_t index) {
    using B = BuiltinOperator;
    check(index > 0 && static_cast<uint32_t>(index) < model_.subgraphs()->size(), "sub-graph {} does not exist", index);
    const SubGraph& source = *model_.subgraphs()->Get(static_cast<uint32_t>(index));
    std::map<int64_t, std::string> handles;
    if (!source.operators()) return;
    for (const Operator* op : *source.operators()) {
        check(model_.operator_codes() && op->opcode_index() < model_.operator_codes()->size(), "code {} does not exist",
              op->opcode_index());
        B code = builtin_of(*model_.operator_codes()->Get(op->opcode_index()));
        Ints in = indices(op->inputs()), out = indices(op->outputs());
        if (code == B::VAR_HANDLE) {
            nth(source, out, 0);
            handles[out[0]] = Variables::name_of(*op);
            continue;
        }
        supported(code == B::ASSIGN_VARIABLE, "{} is not read there: only constants are assigned", operator_name(code));
        const tflite::Tensor& t = nth(source, in, 1);
        auto handle = handles.find(in[0]);
        check(handle != handles.end(), "tensor {} is no variable", in[0]);
        supported(is_present(model_, t), "'{}' starts with what is computed", handle->second);
        Type type = type_of(t);
        tinsmith::Buffer data = payload(t, type);
        variables_.initialise({handle->second, std::move(type), std::move(data)});
    }
}

// A signature's names are the model's own; tensor names often carry a converter's decorations.
void ModelReader::name_ports(Graph& graph) {
    if (!model_.signature_defs()) return;
    const SubGraph& main = *model_.subgraphs()->Get(0);
    auto rename = [](std::vector<Port>& ports, const Ints& tensors, const auto* maps) {
        if (!maps || maps->size() != ports.size()) return;
        std::vector<std::string> names(ports.size());
        for (const TensorMap* map : *maps) {
            auto at = std::find(tensors.begin(), tensors.end(), static_cast<int64_t>(map->tensor_index()));
            if (at != tensors.end()) names[static_cast<size_t>(at - tensors.begin())] = text_of(map->name());
        }
        std::set<std::string> distinct(names.begin(), names.end());
        if (distinct.size() != names.size() || distinct.contains("")) return;
        for (size_t i = 0; i < ports.size(); ++i) ports[i].name = names[i];
    };
    for (const SignatureDef* signature : *model_.signature_defs()) {
        if (signature->subgraph_index() != 0) continue;
        rename(graph.inputs, indices(main.inputs()), signature->inputs());
        rename(graph.outputs, indices(main.outputs()), signature->outputs());
        return;
    }
}

}  // namespace

ReadResult read(const tinsmith::Buffer& file) {
    // Offsets inside a flatbuffer are 32-bit; payloads beyond are reached by offsets of their own, checked where they are used.
    size_t verified = std::min<size_t>(file.size(), FLATBUFFERS_MAX_BUFFER_SIZE - 1);
    check(verified >= 8, "{} bytes are too few for a TFLite model", file.size());
    auto* bytes = reinterpret_cast<const uint8_t*>(file.bytes().data());
    check(ModelBufferHasIdentifier(bytes), "it lacks TFLite's identifier TFL3");
    flatbuffers::Verifier verifier(bytes, verified);
    check(VerifyModelBuffer(verifier), "the flatbuffer is damaged: an offset or a length points outside the file");
    return ModelReader(file, *GetModel(bytes)).run();
}

}  // namespace tinsmith::tflite
