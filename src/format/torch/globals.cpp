#include "format/torch/globals.hpp"

#include <algorithm>
#include <array>

namespace tinsmith::torch {

namespace {

struct FunctionRow {
    std::string_view module, name;
    Role role;
};

constexpr std::array functions{
    FunctionRow{"collections", "OrderedDict", Role::ordered_dict},
    FunctionRow{"torch._utils", "_rebuild_tensor", Role::tensor},
    FunctionRow{"torch._utils", "_rebuild_tensor_v2", Role::tensor},
    FunctionRow{"torch._utils", "_rebuild_tensor_v3", Role::tensor_with_dtype},
    FunctionRow{"torch._utils", "_rebuild_parameter", Role::parameter},
    FunctionRow{"torch._utils", "_rebuild_parameter_with_state", Role::parameter},
    FunctionRow{"torch._tensor", "_rebuild_from_type_v2", Role::object},
    FunctionRow{"torch._utils", "_rebuild_wrapper_subclass", Role::named},
    FunctionRow{"torch.serialization", "_get_layout", Role::named},
    FunctionRow{"torch", "Size", Role::size},
    FunctionRow{"torch", "device", Role::device},
    FunctionRow{"_codecs", "encode", Role::encoded_text},
    FunctionRow{"__builtin__", "bytes", Role::bytes},
    FunctionRow{"builtins", "bytes", Role::bytes},
};

struct TypeRow {
    std::string_view dtype, storage;  // torch.<dtype>, torch.<storage>
    DType type;
};

constexpr std::array types{
    TypeRow{"float32", "FloatStorage", DType::f32},
    TypeRow{"float64", "DoubleStorage", DType::f64},
    TypeRow{"float16", "HalfStorage", DType::f16},
    TypeRow{"bfloat16", "BFloat16Storage", DType::bf16},
    TypeRow{"int8", "CharStorage", DType::i8},
    TypeRow{"uint8", "ByteStorage", DType::u8},
    TypeRow{"int16", "ShortStorage", DType::i16},
    TypeRow{"int32", "IntStorage", DType::i32},
    TypeRow{"int64", "LongStorage", DType::i64},
    TypeRow{"bool", "BoolStorage", DType::boolean},
    TypeRow{"uint16", "", DType::u16},
    TypeRow{"uint32", "", DType::u32},
    TypeRow{"uint64", "", DType::u64},
};

// In three lines of Python.
std::string module_advice() {
    return "If it holds a whole module that you trust, make a file of its graph in Python, where its class is known:\n"
           "  model = torch.load(path, weights_only=False)\n"
           "  sample = torch.zeros(1, 3, 64, 64)  # what it takes\n"
           "  torch.export.save(torch.export.export(model.eval(), (sample,)), \"model.pt2\")";
}

std::string advice(std::string_view module, std::string_view name) {
    const auto mentions = [&](std::string_view part) { return name.find(part) != std::string_view::npos; };
    if (mentions("omplex")) return "complex numbers are not read; save torch.view_as_real(x)";
    if (mentions("sparse")) return "sparse tensors are not read; save x.to_dense()";
    if (mentions("qtensor") || mentions("QInt") || mentions("QUInt"))
        return "quantised tensors are not read; save x.dequantize()";
    if (mentions("loat8")) return "8-bit floats are not read; save x.to(torch.float16)";
    for (std::string_view harmful :
         {"os", "posix", "nt", "sys", "subprocess", "builtins", "__builtin__", "runpy", "shutil", "socket"})
        if (module == harmful) return "this is how a file runs code on whoever loads it; do not open it in Python";
    if (module.starts_with("numpy")) return "NumPy's objects are not read; save torch.from_numpy(x), or x.item() of a scalar";
    return "a file of tensors may hold tensors, dicts, lists, tuples, texts and numbers; nothing in it is ever run. " +
           module_advice();
}

}  // namespace

Global global_named(std::string_view module, std::string_view name) {
    for (const FunctionRow& f : functions)
        if (f.module == module && f.name == name) return {f.role, std::nullopt};
    const bool few_bits = module == "torch" && (name.starts_with("int") || name.starts_with("uint")) && name.size() < 6 &&
                          name.back() >= '1' && name.back() <= '7' && name.find("16") == name.npos;
    if (few_bits) return {Role::named, std::nullopt};  // of an object, whose tensors are int8
    if (module == "torchao" || module.starts_with("torchao.")) return {Role::named, std::nullopt};
    if (module == "torch" || module == "torch.cuda" || module == "torch.storage") {
        if (name == "UntypedStorage") return {Role::storage, std::nullopt};
        for (const TypeRow& t : types) {
            if (!t.storage.empty() && t.storage == name) return {Role::storage, t.type};
            if (module == "torch" && t.dtype == name) return {Role::dtype, t.type};
        }
    }
    fail(Fault::input, "'{}.{}' is refused: {}", module, name, advice(module, name));
}

}  // namespace tinsmith::torch
