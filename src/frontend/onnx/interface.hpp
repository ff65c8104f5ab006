// The inputs and declared tensors of an ONNX model with every dimension static.
#pragma once

#include "format/onnx/model.hpp"
#include "frontend/read_options.hpp"
#include "ir/builder.hpp"

#include <map>

namespace tinsmith {

class Interface {
public:
    // Gives each symbolic dimension a value: from --shape, 1 where it is the first and only one of its input. Throws one Error that
    // names all inputs that stay symbolic, or that are no tensors.
    Interface(const onnx::Graph& graph, const ReadOptions& options, std::vector<std::string>& notes);

    struct Input {
        std::string name;
        Type type;
        std::optional<Buffer> value;  // --set
    };
    const std::vector<Input>& inputs() const { return inputs_; }

    // The static type that is declared, or nothing. Dimensions that bear a symbol of an input have its value.
    std::optional<Type> declared(const onnx::ValueInfo& info) const;

private:
    void read(const onnx::ValueInfo& info, const ReadOptions& options, std::vector<std::string>& notes);
    void bind(const std::string& symbol, int64_t extent, const std::string& input);
    std::vector<Input> inputs_;
    std::map<std::string, int64_t> symbols_;
    bool trust_declared_ = true;  // not after --shape replaced static extents: the other declarations describe another model
};

}  // namespace tinsmith
