// What torch.export.save writes: a program of operators over named tensors, and where its weights lie in the archive.
#pragma once

#include "format/torch/tensor.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinsmith::torch {

// ScalarType as the schema numbers it; those that no graph of ours holds are refused by name.
DType dtype_of(int64_t scalar_type);
// Whether elements of that type become f32 in the graph: "float16", or nothing.
std::string_view widened(int64_t scalar_type);

// An extent: a number, or an expression over symbols ("s77", "2*s0").
struct Extent {
    std::optional<int64_t> value;
    std::string symbol;
};

struct TensorMeta {
    int64_t scalar_type = 0;
    std::vector<Extent> sizes;
};

// What an operator is given. Booleans and element types are numbers, too.
struct Argument {
    enum class Kind { none, tensor, tensors, number, numbers, text, texts, other };
    struct Number {
        std::string symbol;  // not empty: a number that another node computes
        double real = 0;
        int64_t integer = 0;
        bool is_integer = true;
    };
    Kind kind = Kind::none;
    std::vector<std::string> names;  // of tensors; empty where an element of the list is None
    std::vector<Number> numbers;
    std::vector<std::string> texts;
    std::string field;  // the schema's name of the alternative: "as_device"
};

struct ProgramNode {
    std::string target;                                    // "aten.conv2d.default"
    std::string name, module;                              // "conv2d_3", "backbone.stem.0"
    std::vector<std::pair<std::string, Argument>> inputs;  // by the names of the operator's schema
    std::vector<std::string> outputs;  // of all results in a row, those of lists too; "" where there is none
    const Argument* find(std::string_view argument) const;
};

struct ProgramInput {
    enum class Kind { user, parameter, buffer, constant, number, other };
    Kind kind = Kind::user;
    std::string name;    // in the program
    std::string source;  // of a parameter, buffer or constant: its name in the module
    Argument value;      // of a number
    std::string field;   // of `other`: what the schema calls it
};

struct ProgramOutput {
    Argument value;
    std::string name;     // what the caller knows it by, where it returns a dictionary; may be empty
    std::string mutates;  // not empty: no result, but what the program writes: "buffer 'n'"
};

struct Program {
    std::string version;  // "8.20"
    std::vector<ProgramInput> inputs;
    std::vector<ProgramOutput> outputs;
    std::vector<ProgramNode> nodes;
    std::map<std::string, TensorMeta, std::less<>> tensors;  // declared types
};

// Decodes models/<name>.json. Fields that are not known are skipped. Throws Fault::input naming the field that is missing or wrong.
Program decode_program(std::string_view json);

}  // namespace tinsmith::torch
