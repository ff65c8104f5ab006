#include "api/plan.hpp"

#include "backend/c/planned_model.hpp"
#include "base/file.hpp"
#include "base/suffix.hpp"
#include "ir/op_def.hpp"
#include "pass/pass.hpp"
#include "plan/fold_pads.hpp"

namespace tinsmith {

ModelPlan plan_model(const std::string& path, const ReadOptions& read, const PlanOptions& options) {
    ReadResult source = read_model(path, read);
    ModelPlan out{std::move(source.format), std::move(source.notes), std::move(source.graph), {}};
    run_passes(out.graph, canonical_passes(), {});
    run_passes(out.graph, optimizing_passes(), {});
    fold_pads(out.graph, quantised_types | dtype_bit(DType::f32));
    out.plan = plan_memory(out.graph, options);
    return out;
}

std::optional<size_t> generated_c_arena(const std::string& path, const ReadOptions& read, size_t max_ram) {
    if (!has_suffix(path, {".tflite"})) return std::nullopt;
    try {
        return c99::planned({"", path, read_model(path, read).graph, {}, {}}, {"model", max_ram, ""}).plan.arena_bytes();
    } catch (const Error& e) {
        if (e.fault != Fault::unsupported && e.fault != Fault::target) throw;
        return std::nullopt;
    }
}

MicroArenas micro_arenas(const std::string& path) {
    check(has_suffix(path, {".tflite"}),
          "TFLite Micro runs .tflite files; convert '{}' first: tinsmith convert {} --target tflm", path, path);
    const Buffer file = map_file(path);
    return within(path, [&] {
        return MicroArenas{micro_arena(file.bytes(), {.pointer_bytes = 8, .recording = true}), micro_arena(file.bytes(), {}),
                           micro_arena(file.bytes(), {.cmsis_nn = true})};
    });
}

}  // namespace tinsmith
