#include "api/runtime.hpp"

namespace tinsmith {

bool runs_in_litert(const std::string& model) { return model.ends_with(".tflite"); }

std::unique_ptr<Runner> make_runner(const std::string& model, Graph graph, const RuntimeOptions& options, size_t runs) {
    if (options.runtime == Runtime::tinsmith)
        return session_runner(std::move(graph), {.fast = !options.plain, .runs = static_cast<int64_t>(runs)});
    check(runs_in_litert(model), "--runtime litert: '{}' is no .tflite file; convert it first", model);
    return litert_runner(model, graph, options.litert);
}

}  // namespace tinsmith
