// From the layers of a Keras model to a graph.
#pragma once

#include "frontend/keras/layer_reader.hpp"
#include "frontend/read_options.hpp"

#include <set>

namespace tinsmith::keras {

class ModelReader {
public:
    ModelReader(const File& file, const ReadOptions& options) : file_(file), options_(options), builder_(result_.graph) {}

    // Throws Error: Fault::input where the file contradicts itself, Fault::unsupported listing every layer that is not read.
    ReadResult run();

private:
    struct Input {
        std::string name;
        Type type;
    };
    std::vector<Input> inputs();
    Input input_of(const Json& layer, const std::string& name, const char* shape_key);
    ValueId add_input(const Input& input);
    void name_outputs(const std::vector<ValueId>& values, const std::vector<std::string>& names);
    void check_layers(const Json& model, int depth);

    // Each converts one call. Empty: it depends on a layer that is on the list of problems.
    std::vector<ValueId> call_model(const Json& model, const Weights& weights, const std::vector<ValueId>& in, int depth);
    std::vector<ValueId> call_sequence(const Json& model, const Weights& weights, std::vector<ValueId> in, int depth);
    std::vector<ValueId> call_network(const Json& model, const Weights& weights, const std::vector<ValueId>& in, int depth);
    std::vector<ValueId> call_layer(const Json& layer, const Weights& weights, const std::vector<ValueId>& in, const Call& call,
                                    int depth);
    std::vector<ValueId> convert(const Json& layer, const Weights& weights, const std::vector<ValueId>& in, const Call& call,
                                 int depth);
    void report() const;

    const File& file_;
    const ReadOptions& options_;
    ReadResult result_;
    Builder builder_;
    Masks masks_;
    std::vector<std::string> problems_;
    size_t calls_ = 0;
};

}  // namespace tinsmith::keras
