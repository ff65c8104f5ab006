#include "api/fit_pipeline.hpp"

#include "backend/c/planned_model.hpp"
#include "ir/macs.hpp"
#include "ir/op_def.hpp"
#include "plan/fold_pads.hpp"
#include "report/inspection.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace tinsmith {

namespace {

// Counts what would be written.
class CountingSink : public ByteSink {
public:
    void write(std::span<const std::byte> bytes) override { size += bytes.size(); }
    uint64_t size = 0;
};

// A model as it would be stored: its graph, and the bytes of its file.
struct Stored {
    Graph graph;
    Method method;
    uint64_t file_bytes = 0;
};

Stored stored_as(Graph graph, Method method, const PassOptions& passes) {
    const bool quantises = method != own_method(graph) && (method == Method::int8 || method == Method::int16x8);
    run_passes(graph, canonical_passes(), passes);
    run_passes(graph, optimizing_passes(), passes);
    const TfliteOptions to{.method = method, .micro = true};
    prepare_for_tflite(graph, to, passes);
    if (quantises) {
        QuantizeOptions how;
        how.recipe.target = "tflm";
        if (method == Method::int16x8) how.recipe.scheme = Scheme::int16x8;
        how.calibration.random = true;
        how.refine = false;
        graph = quantize(std::move(graph), {}, how).graph;
    }
    CountingSink sink;
    write_tflite(graph, to, sink);
    return {std::move(graph), method, sink.size};
}

// The smaller of the device's limit and the budget's.
void set_limit(FitLine& line, std::optional<double> limit, const std::string& whose) {
    if (!limit || (line.limit && *line.limit <= *limit)) return;
    line.limit = limit;
    line.limit_of = whose;
}

template <class T>
std::optional<double> number(const std::optional<T>& value) {
    if (!value) return std::nullopt;
    return static_cast<double>(*value);
}

class Fitter {
public:
    explicit Fitter(const FitOptions& options) : options_(options) {}

    FitResult run() {
        ReadResult source = read_model(options_.model, options_.read);
        const Graph read = source.graph;
        const Method method = options_.method.value_or(own_method(read).value_or(Method::float32));
        const Stored stored = stored_as(read, method, {});
        FitResult out = measured(stored);
        if (options_.pipeline) add_classifier(options_, out);
        out.format = source.format;
        out.notes.insert(out.notes.end(), source.notes.begin(), source.notes.end());
        if (options_.method && method != own_method(read))
            out.notes.push_back(
                fmt::format("measured as {} from seeded noise: sizes and work hang on shapes alone, accuracy needs samples",
                            method_name(method)));
        if (!out.fits()) advise(read, stored, out);
        return out;
    }

private:
    // As kernels run it, which pad on their way.
    static Graph with_pads_folded(Graph graph) {
        fold_pads(graph, quantised_types | dtype_bit(DType::f32));
        return graph;
    }

    FitResult measured(const Stored& stored) const {
        FitResult out;
        out.method = method_name(stored.method);
        const Inspection figures = inspect(stored.graph);
        out.estimate = estimate(with_pads_folded(stored.graph), options_.target);
        out.lines = {{"size", "bytes", static_cast<double>(stored.file_bytes), {}, {}, false},
                     {"ram", "bytes", static_cast<double>(arena_bytes(stored.graph, 0) + c_stack_bytes), {}, {}, false},
                     {"latency", "ms", out.estimate.seconds * 1e3, {}, {}, true},
                     {"energy", "mJ", out.estimate.joules * 1e3, {}, {}, true},
                     {"parameters", "", static_cast<double>(figures.parameters), {}, {}, false},
                     {"operations", "", 2.0 * static_cast<double>(figures.macs), {}, {}, false}};
        const Target& target = options_.target;
        const Budget& budget = options_.limits;
        const std::string whose = budget.name.empty() ? "the limit" : "budget " + budget.name;
        set_limit(out.lines[0], static_cast<double>(target.flash_bytes), "flash of " + target.name);
        set_limit(out.lines[0], number(budget.size_bytes), whose);
        set_limit(out.lines[1], static_cast<double>(one_memory(target).bytes), one_memory_of(target));
        set_limit(out.lines[1], number(budget.ram_bytes), whose);
        set_limit(out.lines[2], budget.latency_ms, whose);
        set_limit(out.lines[4], number(budget.parameters), whose);
        set_limit(out.lines[5], number(budget.operations), whose);
        return out;
    }

    // That of generated C, its kernels' work space included; where there is no C for a node, that of the plan.
    static size_t arena_bytes(const Graph& graph, size_t max_ram) {
        try {
            return c99::planned({"", "", graph, {}, {}}, {"model", max_ram, ""}).plan.arena_bytes();
        } catch (const Error& e) {
            if (e.fault != Fault::unsupported) throw;
        }
        PlanOptions options;
        options.max_bytes = max_ram;
        return plan_memory(with_pads_folded(graph), options).arena_bytes();
    }

    // An arena lies in one memory.
    static const TargetMemory& one_memory(const Target& target) {
        return *std::max_element(target.memories.begin(), target.memories.end(),
                                 [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
    }

    static std::string one_memory_of(const Target& target) {
        return fmt::format("{} of {}", target.memories.size() == 1 ? "RAM" : one_memory(target).name, target.name);
    }

    void advise(const Graph& read, const Stored& stored, FitResult& out) const {
        if (!out.lines[1].passes()) try_patches(stored, *out.lines[1].limit, out);
        if (stored.method == Method::float32) try_int8(read, out);
        if (!out.lines[0].passes() && stored.method == Method::int8)
            out.advice.push_back(
                "size: the weights are 8 bits already; a smaller network, or pruned channels, is what is left");
        if (!out.line("latency").passes() || !out.line("operations").passes()) advise_work(stored, out);
        faster_boards(stored, out);
        other_boards(out);
    }

    void try_patches(const Stored& stored, double limit, FitResult& out) const {
        if (limit <= static_cast<double>(c_stack_bytes)) return;
        const size_t may = static_cast<size_t>(limit) - c_stack_bytes;
        try {
            const c99::PlannedModel model = c99::planned({"", "", stored.graph, {}, {}}, {"model", may, ""});
            int64_t again = 0;
            for (const PlannedStage& stage : model.plan.stages) again += stage.recomputed_macs;
            out.advice.push_back(
                fmt::format("ram: with its first layers in patches (export --max-ram {}) it takes {} bytes, and computes {} "
                            "MACs twice: it fits",
                            may, model.plan.arena_bytes() + c_stack_bytes, again));
        } catch (const Error& e) {
            if (e.fault != Fault::target && e.fault != Fault::unsupported) throw;
            out.advice.push_back(fmt::format("ram: layers in patches do not bring it below {} bytes", may + c_stack_bytes));
        }
    }

    void try_int8(const Graph& read, FitResult& out) const {
        try {
            const FitResult integers = measured(stored_as(read, Method::int8, {}));
            std::vector<std::string> over;
            for (const FitLine& line : integers.lines)
                if (!line.passes()) over.push_back(line.what);
            out.advice.push_back(
                fmt::format("as int8 (fit --method int8; convert --method int8 --data SAMPLES) it takes {:.0f} bytes of flash "
                            "and {:.0f} of RAM: {}",
                            integers.lines[0].value, integers.lines[1].value,
                            over.empty() ? "it fits" : fmt::format("still over: {}", fmt::join(over, ", "))));
        } catch (const Error& e) {
            out.advice.push_back(fmt::format("int8 is not possible: {}", e.what()));
        }
    }

    void advise_work(const Stored& stored, FitResult& out) const {
        if (out.estimate.by_operator.empty()) return;
        const Graph graph = with_pads_folded(stored.graph);
        for (const auto& [library, figures] : options_.target.core.libraries)
            out.advice.push_back(fmt::format("time: with {0} the model takes about {1:.3g} ms (fit --kernels {0})", library,
                                             1e3 * estimate(graph, with_library(options_.target, library)).seconds));
        const auto& [name, share] = out.estimate.by_operator.front();
        out.advice.push_back(fmt::format("time: {} takes {:.0f} % of it; a smaller input or fewer channels there saves most",
                                         name, 100 * share));
    }

    // Boards on which the same C meets the limit of time.
    void faster_boards(const Stored& stored, FitResult& out) const {
        const FitLine& time = out.line("latency");
        if (time.passes() || options_.pipeline) return;
        const Graph graph = with_pads_folded(stored.graph);
        std::vector<std::string> names;
        for (const std::string& name : target_names())
            if (1e3 * estimate(graph, find_target(name)).seconds <= *time.limit) names.push_back(name);
        if (!names.empty())
            out.advice.push_back(fmt::format("time: about {:.3g} ms or less on: {}", *time.limit, fmt::join(names, ", ")));
    }

    void other_boards(FitResult& out) const {
        std::vector<std::string> names;
        for (const std::string& name : target_names()) {
            const Target other = find_target(name);
            const bool fits = out.lines[0].value <= static_cast<double>(other.flash_bytes) &&
                              out.lines[1].value <= static_cast<double>(other.ram_bytes());
            if (fits && name != options_.target.name) names.push_back(name);
        }
        const bool board_is_too_small = out.lines[0].value > static_cast<double>(options_.target.flash_bytes) ||
                                        out.lines[1].value > static_cast<double>(options_.target.ram_bytes());
        if (board_is_too_small && !names.empty())
            out.advice.push_back(fmt::format("its size and RAM fit as it is: {}", fmt::join(names, ", ")));
    }

    const FitOptions& options_;
};

}  // namespace

bool FitResult::fits() const {
    return std::all_of(lines.begin(), lines.end(), [](const FitLine& line) { return line.passes(); });
}

const FitLine& FitResult::line(std::string_view what) const {
    for (const FitLine& line : lines)
        if (line.what == what) return line;
    fail(Fault::internal, "fit has no line '{}'", what);
}

FitResult fit(const FitOptions& options) { return Fitter(options).run(); }

}  // namespace tinsmith
