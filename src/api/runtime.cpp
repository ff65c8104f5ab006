#include "api/runtime.hpp"

namespace tinsmith {

bool runs_in_litert(const std::string& model) { return model.ends_with(".tflite"); }

void check_runtime(const RuntimeOptions& options, const ReadOptions& read) {
    check(options.runtime != Runtime::litert || !read.reset_states,
          "--reset-states: LiteRT keeps the states of a model; leave one of it and --runtime litert away");
}

std::unique_ptr<Runner> make_runner(const std::string& model, Graph graph, const RuntimeOptions& options, size_t runs) {
    if (options.runtime == Runtime::tinsmith)
        return session_runner(std::move(graph), {.fast = !options.plain, .runs = static_cast<int64_t>(runs)});
    check(runs_in_litert(model), "--runtime litert: '{}' is no .tflite file; convert it first", model);
    return litert_runner(model, graph, options.litert);
}

}  // namespace tinsmith
