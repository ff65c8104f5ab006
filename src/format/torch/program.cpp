// Schema: torch/_export/serde/schema.py, version 8.
#include "format/torch/program.hpp"

#include "base/json.hpp"
#include "format/torch/program_json.hpp"
#include "format/torch/tree.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith::torch {

namespace {

constexpr int64_t schema_major = 8;

struct ScalarType {
    int64_t number;
    std::string_view name;
    std::optional<DType> dtype;
};

constexpr ScalarType scalar_types[] = {
    {1, "uint8", DType::u8},           {2, "int8", DType::i8},           {3, "int16", DType::i16},
    {4, "int32", DType::i32},          {5, "int64", DType::i64},         {6, "float16", DType::f32},
    {7, "float32", DType::f32},        {8, "float64", DType::f32},       {9, "complex32", std::nullopt},
    {10, "complex64", std::nullopt},   {11, "complex128", std::nullopt}, {12, "bool", DType::boolean},
    {13, "bfloat16", DType::f32},      {28, "uint16", DType::u16},       {29, "float8_e4m3fn", std::nullopt},
    {30, "float8_e5m2", std::nullopt},
};

const ScalarType* find_type(int64_t number) {
    const auto* found =
        std::find_if(std::begin(scalar_types), std::end(scalar_types), [&](auto& t) { return t.number == number; });
    return found == std::end(scalar_types) ? nullptr : found;
}

Extent decode_extent(const Json& json) {
    if (json.contains("as_int")) return {integer(json, "as_int"), {}};
    return {std::nullopt, text(field(json, "as_expr"), "expr_str")};
}

TensorMeta decode_meta(const Json& json) {
    TensorMeta meta;
    meta.scalar_type = integer(json, "dtype");
    for (const Json& size : list(json, "sizes")) meta.sizes.push_back(decode_extent(size));
    return meta;
}

Argument::Number decode_number(const Json& json) {
    Argument::Number out;
    if (json.is_boolean()) {
        out.integer = json.get<bool>();
        out.real = static_cast<double>(out.integer);
    } else if (json.is_number_integer()) {
        check(json.is_number_unsigned() ? json.get<uint64_t>() <= INT64_MAX : true, "{} is beyond 64 bits", json_excerpt(json));
        out.integer = json.get<int64_t>();
        out.real = static_cast<double>(out.integer);
    } else if (json.is_number_float()) {
        out.real = json.get<double>();
        out.is_integer = false;
    } else if (json.is_string()) {  // JSON has no words for them
        const auto& word = json.get_ref<const std::string&>();
        check(word == "Infinity" || word == "-Infinity" || word == "NaN", "'{}' is no number", word);
        out.real = word == "NaN" ? NAN : word == "Infinity" ? INFINITY : -INFINITY;
        out.is_integer = false;
    } else {
        check(json.is_object() && json.size() == 1, "{} is no number", json_excerpt(json));
        if (json.contains("as_name"))
            out.symbol = text(json, "as_name");
        else
            out = decode_number(json.begin().value());
    }
    return out;
}

std::string decode_name(const Json& json) {
    if (json.is_object() && json.contains("as_none")) return {};
    return text(json.is_object() && json.contains("as_tensor") ? json["as_tensor"] : json, "name");
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

Argument decode_argument(const Json& json) {
    check(json.is_object() && json.size() == 1, "an argument is {}", json_excerpt(json));
    Argument out;
    out.field = json.begin().key();
    const Json& value = json.begin().value();
    using Kind = Argument::Kind;
    if (out.field == "as_none") {
        out.kind = Kind::none;
    } else if (is_one_of(out.field, {"as_tensor", "as_optional_tensor"})) {
        const std::string name = decode_name(value);
        out.kind = name.empty() ? Kind::none : Kind::tensor;
        if (!name.empty()) out.names.push_back(name);
    } else if (is_one_of(out.field, {"as_tensors", "as_optional_tensors"})) {
        out.kind = Kind::tensors;
        check(value.is_array(), "'{}' is no list", out.field);
        for (const Json& one : value) out.names.push_back(decode_name(one));
    } else if (is_one_of(out.field,
                         {"as_int", "as_float", "as_bool", "as_sym_int", "as_sym_float", "as_sym_bool", "as_scalar_type"})) {
        out.kind = Kind::number;
        out.numbers.push_back(decode_number(value));
    } else if (is_one_of(out.field, {"as_ints", "as_floats", "as_bools", "as_sym_ints", "as_sym_floats", "as_sym_bools"})) {
        out.kind = Kind::numbers;
        check(value.is_array(), "'{}' is no list", out.field);
        for (const Json& one : value) out.numbers.push_back(decode_number(one));
    } else if (out.field == "as_string") {
        out.kind = Kind::text;
        check(value.is_string(), "'as_string' is {}", json_excerpt(value));
        out.texts.push_back(value.get<std::string>());
    } else if (out.field == "as_strings") {
        out.kind = Kind::texts;
        check(value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& t) { return t.is_string(); }),
              "'as_strings' is {}", json_excerpt(value));
        for (const Json& one : value) out.texts.push_back(one.get<std::string>());
    } else {
        out.kind = Kind::other;
    }
    return out;
}

// "L__self__,,m.Net;L__self__head,head,torch.nn.modules.linear.Linear": the path of the innermost module.
std::string innermost_module(const Json& metadata) {
    if (!metadata.is_object() || !metadata.contains("nn_module_stack") || !metadata["nn_module_stack"].is_string()) return {};
    const auto& stack = metadata["nn_module_stack"].get_ref<const std::string&>();
    const size_t last = stack.rfind(';') == stack.npos ? 0 : stack.rfind(';') + 1;
    const size_t from = stack.find(',', last);
    const size_t to = from == stack.npos ? from : stack.find(',', from + 1);
    return to == stack.npos ? std::string() : stack.substr(from + 1, to - from - 1);
}

void append_outputs(const Json& json, std::vector<std::string>& out) {
    const Argument one = decode_argument(json);
    if (one.kind == Argument::Kind::tensor || one.kind == Argument::Kind::tensors)
        out.insert(out.end(), one.names.begin(), one.names.end());
    else if (one.kind == Argument::Kind::number)
        out.push_back(one.numbers[0].symbol);
    else
        out.emplace_back();
}

ProgramNode decode_node(const Json& json) {
    ProgramNode out;
    out.target = text(json, "target");
    for (std::string_view prefix : {"torch.ops.", "torch._ops."})
        if (out.target.starts_with(prefix)) out.target.erase(0, prefix.size());
    if (json.contains("name") && json["name"].is_string()) out.name = text(json, "name");
    if (json.contains("metadata")) out.module = innermost_module(json["metadata"]);
    const std::string label = out.name.empty() ? out.target : out.name;
    within(fmt::format("node '{}' ({})", label, out.target), [&] {
        for (const Json& result : list(json, "outputs")) append_outputs(result, out.outputs);
        for (const Json& input : list(json, "inputs")) {
            std::string name = input.is_object() && input.contains("name") ? text(input, "name") : std::string();
            within(fmt::format("argument '{}'", name),
                   [&] { out.inputs.emplace_back(name, decode_argument(field(input, "arg"))); });
        }
    });
    if (out.name.empty()) out.name = out.outputs.empty() ? out.target : out.outputs[0];
    return out;
}

ProgramInput decode_input(const Json& json) {
    check(json.is_object() && json.size() == 1, "an input is {}", json_excerpt(json));
    ProgramInput out;
    using Kind = ProgramInput::Kind;
    const std::string kind = json.begin().key();
    const Json& spec = json.begin().value();
    auto weight = [&](Kind of, const char* source) {
        out.kind = of;
        out.name = text(field(spec, "arg"), "name");
        out.source = text(spec, source);
    };
    if (kind == "parameter") {
        weight(Kind::parameter, "parameter_name");
    } else if (kind == "buffer") {
        weight(Kind::buffer, "buffer_name");
    } else if (kind == "tensor_constant") {
        weight(Kind::constant, "tensor_constant_name");
    } else if (kind == "user_input") {
        const Argument arg = decode_argument(field(spec, "arg"));
        out.kind = Kind::user;
        if (arg.kind == Argument::Kind::tensor)
            out.name = arg.names[0];
        else {
            out.kind = arg.kind == Argument::Kind::none ? Kind::number : Kind::other;
            out.field = arg.field;
            if (!arg.numbers.empty()) out.name = arg.numbers[0].symbol;
        }
    } else if (kind == "constant_input") {
        out.kind = Kind::number;
        out.name = text(spec, "name");
        out.value = decode_argument(field(spec, "value"));
    } else {
        out.kind = Kind::other;
        out.field = kind;
    }
    return out;
}

ProgramOutput decode_output(const Json& json) {
    check(json.is_object() && json.size() == 1, "an output is {}", json_excerpt(json));
    ProgramOutput out;
    const std::string kind = json.begin().key();
    const Json& spec = json.begin().value();
    if (kind == "user_output" || kind == "loss_output") {
        out.value = decode_argument(field(spec, "arg"));
    } else if (kind == "buffer_mutation") {
        out.mutates = fmt::format("buffer '{}'", text(spec, "buffer_name"));
        if (spec.contains("arg") && spec["arg"].contains("name")) out.value.names = {text(spec["arg"], "name")};
    } else if (kind == "parameter_mutation") {
        out.mutates = fmt::format("parameter '{}'", text(spec, "parameter_name"));
    } else if (kind == "user_input_mutation") {
        out.mutates = fmt::format("input '{}'", text(spec, "user_input_name"));
    } else {
        out.mutates = fmt::format("a {}", kind);
    }
    return out;
}

// Names for the results that the caller finds in a dictionary.
void name_outputs(const Json& graph_module, Program& program) {
    const std::vector<std::string> names = output_names(graph_module);
    size_t i = 0;
    std::vector<ProgramOutput*> results;
    for (ProgramOutput& output : program.outputs)
        if (output.mutates.empty()) results.push_back(&output);
    if (names.size() != results.size()) return;
    for (ProgramOutput* result : results) result->name = names[i++];
}

void check_version(const Json& json, Program& out) {
    const Json& version = field(json, "schema_version");
    const int64_t major = integer(version, "major"), minor = integer(version, "minor");
    out.version = fmt::format("{}.{}", major, minor);
    check(major == schema_major,
          "its schema is version {}, version {} is read; export it again: torch.export.save(torch.export.export(model.eval(), "
          "(sample,)), \"model.pt2\") in PyTorch 2.6 to 2.13",
          out.version, schema_major);
}

}  // namespace

DType dtype_of(int64_t scalar_type) {
    const ScalarType* found = find_type(scalar_type);
    check(found != nullptr, "element type {} is not defined", scalar_type);
    supported(found->dtype.has_value(), "elements of {}; TFLite computes none of them", found->name);
    return *found->dtype;
}

std::string_view widened(int64_t scalar_type) {
    const ScalarType* found = find_type(scalar_type);
    return found && found->dtype == DType::f32 && found->name != "float32" ? found->name : std::string_view();
}

const Argument* ProgramNode::find(std::string_view argument) const {
    for (const auto& [name, value] : inputs)
        if (name == argument) return &value;
    return nullptr;
}

Program decode_program(std::string_view text_of) {
    const Json json = parse_json<Json>(text_of);
    Program out;
    check_version(json, out);
    const Json& module = field(json, "graph_module");
    const Json& graph = field(module, "graph");
    const Json& signature = field(module, "signature");
    for (const Json& input : list(signature, "input_specs")) out.inputs.push_back(decode_input(input));
    for (const Json& output : list(signature, "output_specs")) out.outputs.push_back(decode_output(output));
    for (const Json& node : list(graph, "nodes")) out.nodes.push_back(decode_node(node));
    const Json& tensors = field(graph, "tensor_values");
    check(tensors.is_object(), "'tensor_values' is {}", json_excerpt(tensors));
    for (const auto& [name, meta] : tensors.items())
        within(fmt::format("tensor '{}'", name), [&] { out.tensors.emplace(name, decode_meta(meta)); });
    name_outputs(module, out);
    return out;
}

}  // namespace tinsmith::torch
