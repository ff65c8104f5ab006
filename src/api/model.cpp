#include <tinsmith/model.hpp>

#include "api/class_names.hpp"
#include "base/parallel.hpp"
#include "data/convert.hpp"
#include "frontend/frontend.hpp"
#include "report/inspection.hpp"
#include "run/session.hpp"

#include <thread>

namespace tinsmith {

// Roughly how often a loaded model runs: often enough that fast kernels pay.
static constexpr int64_t many_runs = 1000;

struct Model::Loaded {
    Loaded(Graph graph, std::vector<std::string> names)
        : session(std::move(graph), {.runs = many_runs}), labels(std::move(names)) {
        for (const Port& port : session.graph().inputs) inputs.push_back(described(port));
        for (const Port& port : session.graph().outputs) outputs.push_back(described(port));
    }

    Tensor described(const Port& port) const {
        const Type& type = session.graph().type(port.value);
        return {port.name, type.shape, numpy_name(type.dtype), type.elements()};
    }

    Buffer stored(size_t input, const Numbers& numbers) const {
        const Port& port = session.graph().inputs[input];
        const Type& type = session.graph().type(port.value);
        check(std::ssize(numbers) == type.elements(), "input '{}' is {}: {} numbers, {} were given", port.name,
              to_string(type.shape), type.elements(), numbers.size());
        return within(fmt::format("input '{}'", port.name), [&] {
            return Buffer::of(converted(reinterpret_cast<const std::byte*>(numbers.data()), type.elements(), DType::f32, type));
        });
    }

    Numbers real(size_t output, const Buffer& data) const {
        const std::vector<double> values = real_values(session.graph().type(session.graph().outputs[output].value), data);
        return {values.begin(), values.end()};
    }

    Session session;
    std::vector<Tensor> inputs, outputs;
    std::vector<std::string> labels;
};

Model::Model(std::unique_ptr<Loaded> loaded) : loaded_(std::move(loaded)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Model Model::load(const std::string& path) {
    ReadResult read = read_model(path);
    return Model(std::make_unique<Loaded>(std::move(read.graph), class_names(path, read.classes)));
}

const std::vector<Model::Tensor>& Model::inputs() const { return loaded_->inputs; }
const std::vector<Model::Tensor>& Model::outputs() const { return loaded_->outputs; }
const std::vector<std::string>& Model::labels() const { return loaded_->labels; }

std::vector<Model::Numbers> Model::predict(const std::vector<Numbers>& inputs) const {
    check(inputs.size() == loaded_->inputs.size(), "the model has {} inputs, {} were given", loaded_->inputs.size(),
          inputs.size());
    std::vector<Buffer> stored;
    for (size_t i = 0; i < inputs.size(); ++i) stored.push_back(loaded_->stored(i, inputs[i]));
    const std::vector<Buffer> outputs = loaded_->session.run(stored);
    std::vector<Numbers> out;
    for (size_t o = 0; o < outputs.size(); ++o) out.push_back(loaded_->real(o, outputs[o]));
    return out;
}

Model::Numbers Model::predict(const Numbers& input) const { return predict(std::vector<Numbers>{input}).at(0); }

std::vector<Model::Numbers> Model::predict_batch(const std::vector<Numbers>& samples, int threads) const {
    const int workers = threads > 0 ? threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    std::vector<Numbers> out(samples.size());
    ordered_parallel(
        samples.size(), side_by_side(loaded_->session.graph(), workers),
        [&](size_t i) { return within(fmt::format("sample {}", i), [&] { return predict(samples[i]); }); },
        [&](size_t i, Numbers numbers) { out[i] = std::move(numbers); });
    return out;
}

}  // namespace tinsmith
