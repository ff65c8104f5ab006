#include "api/run.hpp"

#include "base/parallel.hpp"
#include "data/record.hpp"

namespace tinsmith {

// Samples lie one after the other: along the batch where the output has one of extent 1, otherwise along a new first extent.
static Array stacked(const Type& type, std::vector<Buffer> parts) {
    Array out{type.dtype, type.shape, {}};
    auto count = static_cast<int64_t>(parts.size());
    if (count == 1) {
        out.data = std::move(parts[0]);
        return out;
    }
    if (!out.shape.empty() && out.shape[0] == 1)
        out.shape[0] = count;
    else
        out.shape.insert(out.shape.begin(), count);
    std::vector<std::byte> bytes;
    bytes.reserve(parts.size() * type.bytes());
    for (const Buffer& part : parts) bytes.insert(bytes.end(), part.bytes().begin(), part.bytes().end());
    out.data = Buffer::of(std::move(bytes));
    return out;
}

RunResult run_model(const RunOptions& options) {
    check_runtime(options.runtime, options.read);
    ReadResult source = read_model(options.model, options.read);
    DataOptions data = options.data;
    add_recorded(data, source.graph, options.model);
    data.model_layout = usual_layout(source.format);
    Samples samples(source.graph, data);
    RunResult out;
    out.notes = source.notes;
    out.notes.insert(out.notes.end(), samples.notes().begin(), samples.notes().end());
    out.samples = samples.size();
    const int threads = side_by_side(source.graph, options.threads);
    const auto runner = make_runner(options.model, std::move(source.graph), options.runtime, samples.size());
    const Graph& graph = runner->graph();
    std::vector<std::vector<Buffer>> parts(graph.outputs.size(), std::vector<Buffer>(samples.size()));
    ordered_parallel(
        samples.size(), threads, [&](size_t i) { return runner->run(samples.inputs(i)); },
        [&](size_t i, std::vector<Buffer> outputs) {
            for (size_t o = 0; o < outputs.size(); ++o) parts[o][i] = std::move(outputs[o]);
            if (options.progress)
                options.progress("running", static_cast<int64_t>(i + 1), static_cast<int64_t>(samples.size()));
        });
    for (size_t o = 0; o < parts.size(); ++o)
        out.outputs.emplace_back(graph.outputs[o].name, stacked(graph.type(graph.outputs[o].value), std::move(parts[o])));
    return out;
}

}  // namespace tinsmith
