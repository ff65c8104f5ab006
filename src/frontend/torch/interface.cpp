#include "frontend/torch/interface.hpp"

#include "frontend/compose/input_options.hpp"
#include "frontend/compose/set_value.hpp"

#include <algorithm>

namespace tinsmith::torch {

namespace {

std::string text_of(const std::vector<Extent>& sizes) {
    std::string text;
    for (const Extent& e : sizes) text += (text.empty() ? "" : "x") + (e.value ? std::to_string(*e.value) : e.symbol);
    return text.empty() ? "a scalar" : text;
}

class Reader {
public:
    Reader(const Program& program, const ReadOptions& options, std::vector<std::string>& notes)
        : program_(program), options_(options), notes_(notes) {
        for (const ProgramInput& input : program.inputs)
            if (input.kind == ProgramInput::Kind::user) names_.push_back(input.name);
    }

    Interface run() {
        check_names(options_.shapes, names_, "--shape");
        check_names(options_.values, names_, "--set");
        for (const std::string& name : names_) bind_given(name);
        for (const std::string& name : names_) bind_batch(name);
        std::string open;
        for (const std::string& name : names_)
            if (!within(fmt::format("input '{}'", name), [&] { return read(name); })) {
                const auto& sizes = meta(name).sizes;
                open += fmt::format("\n  input '{}' is {}: give for example --shape {}={}", name, text_of(sizes), name,
                                    example_shape(sizes));
            }
        if (!open.empty()) fail(Fault::input, "these inputs have dimensions that are not static:{}", open);
        return std::move(out_);
    }

private:
    const TensorMeta& meta(const std::string& name) const {
        const auto found = program_.tensors.find(name);
        check(found != program_.tensors.end(), "input '{}' has no declared type", name);
        return found->second;
    }

    void bind_given(const std::string& name) {
        const auto given = options_.shapes.find(name);
        if (given == options_.shapes.end()) return;
        const auto& sizes = meta(name).sizes;
        check(given->second.size() == sizes.size(), "--shape gives input '{}' {} dimensions, it has {}: {}", name,
              given->second.size(), sizes.size(), text_of(sizes));
        for (size_t i = 0; i < sizes.size(); ++i) {
            if (sizes[i].value) continue;
            const auto [bound, added] = symbols_.emplace(sizes[i].symbol, given->second[i]);
            check(added || bound->second == given->second[i],
                  "input '{}' makes the dimension '{}' {}, another input makes it {}", name, sizes[i].symbol, given->second[i],
                  bound->second);
        }
    }

    static bool is_open_batch(const std::vector<Extent>& sizes) {
        return !sizes.empty() && !sizes[0].value &&
               std::count_if(sizes.begin(), sizes.end(), [](auto& e) { return !e.value; }) == 1;
    }

    void bind_batch(const std::string& name) {
        const auto& sizes = meta(name).sizes;
        if (is_open_batch(sizes) && !options_.shapes.contains(name) && !options_.values.contains(name))
            symbols_.emplace(sizes[0].symbol, 1);
    }

    // False where an extent stays open.
    bool read(const std::string& name) {
        const TensorMeta& declared = meta(name);
        const DType dtype = dtype_of(declared.scalar_type);
        if (const auto wide = widened(declared.scalar_type); !wide.empty())
            notes_.push_back(fmt::format("input '{}': {} became float32", name, wide));
        std::optional<Shape> shape;
        if (const auto given = options_.shapes.find(name); given != options_.shapes.end()) {
            shape = given->second;
            for (size_t i = 0; i < shape->size(); ++i)
                if (declared.sizes[i].value && *declared.sizes[i].value != (*shape)[i] && out_.declared_holds) {
                    out_.declared_holds = false;
                    notes_.push_back(
                        fmt::format("input '{}': {} was replaced by {}", name, text_of(declared.sizes), to_string(*shape)));
                }
        } else {
            shape = declared_shape(name, declared);
        }
        if (const auto given = options_.values.find(name); given != options_.values.end()) {
            const SetValue value = parse_set_value(given->second, dtype, shape);
            out_.inputs.push_back({name, Type{dtype, value.shape, std::nullopt}, value.data});
            return true;
        }
        if (!shape) return false;
        check(element_count(*shape) < int64_t{1} << 31, "its shape {} has more than 2^31 elements", to_string(*shape));
        out_.inputs.push_back({name, Type{dtype, *shape, std::nullopt}, std::nullopt});
        return true;
    }

    std::optional<Shape> declared_shape(const std::string& name, const TensorMeta& declared) {
        Shape shape;
        for (const Extent& extent : declared.sizes) {
            const auto bound = symbols_.find(extent.symbol);
            if (!extent.value && bound == symbols_.end()) return std::nullopt;
            shape.push_back(extent.value ? *extent.value : bound->second);
            check(shape.back() >= 0, "its shape {} has a negative extent", text_of(declared.sizes));
        }
        if (is_open_batch(declared.sizes) && shape[0] == 1 && !options_.values.contains(name))
            notes_.push_back(fmt::format("input '{}': '{}' became 1", name, declared.sizes[0].symbol));
        return shape;
    }

    const Program& program_;
    const ReadOptions& options_;
    std::vector<std::string>& notes_;
    std::vector<std::string> names_;
    std::map<std::string, int64_t> symbols_;
    Interface out_;
};

}  // namespace

Interface read_interface(const Program& program, const ReadOptions& options, std::vector<std::string>& notes) {
    return Reader(program, options, notes).run();
}

}  // namespace tinsmith::torch
