// tinsmith._native: a loaded model for Python. Arrays of NumPy go in and out without a copy where their elements are the model's own.
#include "api/class_names.hpp"
#include "api/predict.hpp"
#include "api/runtime.hpp"
#include "base/parallel.hpp"
#include "data/convert.hpp"
#include "frontend/frontend.hpp"
#include "report/inspection.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace tinsmith::python {

namespace {

using Array = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using NewArray = nb::ndarray<nb::numpy>;

constexpr int64_t many_runs = 1000;  // as a loaded model is run: fast kernels pay

struct Element {
    DType dtype;
    nb::dlpack::dtype code;
};

constexpr uint8_t code(nb::dlpack::dtype_code c) { return static_cast<uint8_t>(c); }
constexpr Element elements[] = {
    {DType::f32, {code(nb::dlpack::dtype_code::Float), 32, 1}}, {DType::f64, {code(nb::dlpack::dtype_code::Float), 64, 1}},
    {DType::f16, {code(nb::dlpack::dtype_code::Float), 16, 1}}, {DType::i8, {code(nb::dlpack::dtype_code::Int), 8, 1}},
    {DType::i16, {code(nb::dlpack::dtype_code::Int), 16, 1}},   {DType::i32, {code(nb::dlpack::dtype_code::Int), 32, 1}},
    {DType::i64, {code(nb::dlpack::dtype_code::Int), 64, 1}},   {DType::u8, {code(nb::dlpack::dtype_code::UInt), 8, 1}},
    {DType::u16, {code(nb::dlpack::dtype_code::UInt), 16, 1}},  {DType::u32, {code(nb::dlpack::dtype_code::UInt), 32, 1}},
    {DType::u64, {code(nb::dlpack::dtype_code::UInt), 64, 1}},  {DType::boolean, {code(nb::dlpack::dtype_code::Bool), 8, 1}},
};

DType dtype_of(const Array& array, const std::string& input) {
    for (const Element& e : elements)
        if (e.code == array.dtype()) return e.dtype;
    fail(Fault::input, "input '{}': arrays of this element type cannot be read", input);
}

nb::dlpack::dtype code_of(DType dtype) {
    for (const Element& e : elements)
        if (e.dtype == dtype) return e.code;
    fail(Fault::unsupported, "elements of type {} have no NumPy array", dtype_name(dtype));
}

Shape shape_of(const Array& array) {
    Shape out;
    for (size_t i = 0; i < array.ndim(); ++i) out.push_back(static_cast<int64_t>(array.shape(i)));
    return out;
}

// One sample is what an inference takes: of a batch of 1 it may be given without that extent.
Shape sample_shape(const Shape& shape) {
    return !shape.empty() && shape[0] == 1 ? Shape(shape.begin() + 1, shape.end()) : shape;
}

std::string transposed_hint(const Shape& given, const Shape& wanted) {
    if (given.size() < 3 || given.size() > wanted.size()) return "";
    const size_t rank = given.size();
    const auto image = [&](const Shape& s) { return Shape(s.end() - 3, s.end()); };
    const Shape g = image(given), w = image(wanted);
    if (rank >= 3 && Shape{g[1], g[2], g[0]} == w)
        return "; the model is channels-last: np.moveaxis(x, -3, -1) makes the array so";
    if (rank >= 3 && Shape{g[2], g[0], g[1]} == w)
        return "; the model is channels-first: np.moveaxis(x, -1, -3) makes the array so";
    return "";
}

class Model {
public:
    Model(const std::string& path, int threads, const std::string& runtime, const std::optional<std::string>& delegate,
          const std::string& litert)
        : threads_(threads) {
        check(threads >= 1 && threads <= 256, "num_threads {} is outside 1 to 256", threads);
        check(runtime == "tinsmith" || runtime == "litert", "runtime '{}': expected 'tinsmith' or 'litert'", runtime);
        RuntimeOptions options;
        options.runtime = runtime == "litert" ? Runtime::litert : Runtime::tinsmith;
        options.litert.library = litert;
        if (delegate) options.litert.delegate = *delegate;
        ReadResult read = read_model(path);
        labels_ = class_names(path, read.classes);
        if (!read.graph.outputs.empty()) reader_.emplace(read.graph);
        runner_ = make_runner(path, std::move(read.graph), options, many_runs);
    }

    nb::list described(bool outputs) const {
        nb::list out;
        for (const Port& port : outputs ? runner_->graph().outputs : runner_->graph().inputs) {
            const Type& type = runner_->graph().type(port.value);
            nb::dict item;
            item["name"] = port.name;
            item["shape"] = nb::tuple(nb::cast(type.shape));
            item["dtype"] = numpy_name(type.dtype);
            if (type.quant && type.quant->scale.size() == 1) {
                item["scale"] = type.quant->scale[0];
                item["zero_point"] = type.quant->zero_point[0];
            }
            out.append(item);
        }
        return out;
    }
    const std::vector<std::string>& labels() const { return labels_; }

    // One sample. real: outputs as the real numbers that they stand for, float32; else as they are stored.
    std::vector<NewArray> run(const std::vector<Array>& arrays, bool real) const {
        std::vector<Buffer> outputs;
        {
            nb::gil_scoped_release released;
            std::vector<Buffer> inputs;
            inputs_of(arrays, 1, true,
                      [&](size_t i, const std::byte* data, DType dtype) { inputs.push_back(stored(i, data, dtype)); });
            outputs = runner_->run(inputs);
            if (real)
                for (size_t o = 0; o < outputs.size(); ++o) outputs[o] = real_floats(o, outputs[o]);
        }
        std::vector<NewArray> out;
        for (size_t o = 0; o < outputs.size(); ++o) out.push_back(array_of(o, outputs[o], real, {}));
        return out;
    }

    // [samples, ...] for each input; the same for each output.
    std::vector<NewArray> run_batch(const std::vector<Array>& arrays, bool real) const {
        check(!arrays.empty() && arrays[0].ndim() > 0, "a batch is an array [samples, ...] for each input");
        const size_t samples = arrays[0].shape(0);
        std::vector<std::vector<std::byte>> outputs(runner_->graph().outputs.size());
        {
            nb::gil_scoped_release released;
            std::vector<std::pair<const std::byte*, DType>> given;
            inputs_of(arrays, samples, false,
                      [&](size_t, const std::byte* data, DType dtype) { given.emplace_back(data, dtype); });
            ordered_parallel(
                samples, side_by_side(runner_->graph(), threads_),
                [&](size_t s) {
                    std::vector<Buffer> inputs;
                    for (size_t i = 0; i < given.size(); ++i) {
                        const auto [data, dtype] = given[i];
                        const int64_t count = type_of(i, false).elements();
                        inputs.push_back(stored(i, data + s * static_cast<size_t>(count) * dtype_bits(dtype) / 8, dtype));
                    }
                    std::vector<Buffer> results = runner_->run(inputs);
                    if (real)
                        for (size_t o = 0; o < results.size(); ++o) results[o] = real_floats(o, results[o]);
                    return results;
                },
                [&](size_t, const std::vector<Buffer>& results) {
                    for (size_t o = 0; o < results.size(); ++o)
                        outputs[o].insert(outputs[o].end(), results[o].bytes().begin(), results[o].bytes().end());
                });
        }
        std::vector<NewArray> out;
        for (size_t o = 0; o < outputs.size(); ++o)
            out.push_back(array_of(o, Buffer::of(std::move(outputs[o])), real, static_cast<int64_t>(samples)));
        return out;
    }

    // The most likely class and how sure it is.
    std::pair<int32_t, double> classify(const std::vector<Array>& arrays) const {
        nb::gil_scoped_release released;
        std::vector<Buffer> inputs;
        inputs_of(arrays, 1, true,
                  [&](size_t i, const std::byte* data, DType dtype) { inputs.push_back(stored(i, data, dtype)); });
        return first_class(runner_->run(inputs)[0]);
    }

    std::vector<std::pair<int32_t, double>> classify_batch(const Array& array) const {
        check(array.ndim() > 0, "a batch is an array [samples, ...]");
        const size_t samples = array.shape(0);
        std::vector<std::pair<int32_t, double>> out(samples);
        nb::gil_scoped_release released;
        inputs_of({array}, samples, false, [&](size_t, const std::byte* data, DType dtype) {
            const size_t bytes = static_cast<size_t>(type_of(0, false).elements()) * dtype_bits(dtype) / 8;
            ordered_parallel(
                samples, side_by_side(runner_->graph(), threads_),
                [&](size_t s) { return first_class(runner_->run(std::vector<Buffer>{stored(0, data + s * bytes, dtype)})[0]); },
                [&](size_t s, std::pair<int32_t, double> found) { out[s] = found; });
        });
        return out;
    }

private:
    const Port& port(size_t index, bool output) const {
        return output ? runner_->graph().outputs[index] : runner_->graph().inputs[index];
    }
    const Type& type_of(size_t index, bool output) const { return runner_->graph().type(port(index, output).value); }

    // Calls take(input, data, element type) for each array after its shape was checked. single: an array is one sample.
    template <class Take>
    void inputs_of(const std::vector<Array>& arrays, size_t samples, bool single, Take take) const {
        const size_t count = runner_->graph().inputs.size();
        check(arrays.size() == count, "the model has {} inputs, {} were given", count, arrays.size());
        for (size_t i = 0; i < count; ++i) {
            const Shape given = shape_of(arrays[i]), whole = type_of(i, false).shape, one = sample_shape(whole);
            Shape row(given.begin() + (single || given.empty() ? 0 : 1), given.end());
            const bool fits = row == one || row == whole;
            const bool counted = single || (!given.empty() && static_cast<size_t>(given[0]) == samples);
            check(fits && counted, "input '{}' is {}{}, the array {}{}", port(i, false).name, single ? "" : "a batch of ",
                  to_string(single ? whole : one), to_string(given), transposed_hint(row, whole));
            take(i, static_cast<const std::byte*>(arrays[i].data()), dtype_of(arrays[i], port(i, false).name));
        }
    }

    // The memory of the array itself where its elements are the model's own.
    Buffer stored(size_t input, const std::byte* data, DType dtype) const {
        const Type& type = type_of(input, false);
        const size_t bytes = type.bytes();
        if (dtype == type.dtype && !is_float(dtype)) return {nullptr, data, bytes};
        if (dtype == type.dtype && reinterpret_cast<uintptr_t>(data) % alignof(double) == 0) return {nullptr, data, bytes};
        return within("input '" + port(input, false).name + "'",
                      [&] { return Buffer::of(converted(data, type.elements(), dtype, type)); });
    }

    Buffer real_floats(size_t output, const Buffer& data) const {
        const Type& type = type_of(output, true);
        if (type.dtype == DType::f32) return data;
        const std::vector<double> values = real_values(type, data);
        return Buffer::of(std::vector<float>(values.begin(), values.end()));
    }

    std::pair<int32_t, double> first_class(const Buffer& output) const {
        check(reader_ && reader_->task() == Task::classes, "output '{}' is {}: no scores of classes; run() returns it as it is",
              port(0, true).name, to_string(type_of(0, true).shape));
        return reader_->classes(real_values(type_of(0, true), output), 1).at(0);
    }

    NewArray array_of(size_t output, const Buffer& data, bool real, std::optional<int64_t> samples) const {
        const Type& type = type_of(output, true);
        Shape shape = samples ? sample_shape(type.shape) : type.shape;
        if (samples) shape.insert(shape.begin(), *samples);
        const std::vector<size_t> extents(shape.begin(), shape.end());
        auto* owner = new Buffer(data.aligned(alignof(double)));
        return NewArray(const_cast<std::byte*>(owner->bytes().data()), extents.size(), extents.data(),
                        nb::capsule(owner, [](void* p) noexcept { delete static_cast<Buffer*>(p); }), nullptr,
                        code_of(real ? DType::f32 : type.dtype));
    }

    std::unique_ptr<Runner> runner_;
    std::optional<OutputReader> reader_;
    std::vector<std::string> labels_;
    int threads_;
};

// The class of tinsmith.errors that a fault is there.
const char* error_class(Fault fault) {
    switch (fault) {
        case Fault::input: return "InputError";
        case Fault::unsupported: return "UnsupportedError";
        case Fault::target: return "TargetError";
        case Fault::mismatch: return "MismatchError";
        case Fault::internal: return "InternalError";
    }
    return "InternalError";
}

}  // namespace

NB_MODULE(_native, m) {
    nb::register_exception_translator([](const std::exception_ptr& thrown, void*) {
        try {
            std::rethrow_exception(thrown);
        } catch (const Error& e) {
            PyErr_SetString(nb::module_::import_("tinsmith.errors").attr(error_class(e.fault)).ptr(), e.what());
        }
    });
    nb::class_<Model>(m, "Model", "A model that runs; tinsmith.Model is its face.")
        .def(nb::init<const std::string&, int, const std::string&, const std::optional<std::string>&, const std::string&>(),
             "path"_a, "threads"_a, "runtime"_a, "delegate"_a, "litert"_a, nb::call_guard<nb::gil_scoped_release>(),
             "litert: the folder of LiteRT's library, or empty.")
        .def(
            "inputs", [](const Model& model) { return model.described(false); },
            nb::sig("def inputs(self) -> list[dict[str, object]]"),
            "For each: name, shape, dtype as stored; scale and zero_point where there is one of each.")
        .def(
            "outputs", [](const Model& model) { return model.described(true); },
            nb::sig("def outputs(self) -> list[dict[str, object]]"), "As inputs().")
        .def("labels", &Model::labels, "Names of the classes by index, or nothing.")
        .def("run", &Model::run, "inputs"_a, "real"_a,
             "One sample, an array for each input. real: outputs as real numbers (float32), else as they are stored.")
        .def("run_batch", &Model::run_batch, "inputs"_a, "real"_a, "As run, with [samples, ...] in every array.")
        .def("classify", &Model::classify, "inputs"_a, "The most likely class of one sample, and how sure it is: 0 to 1.")
        .def("classify_batch", &Model::classify_batch, "batch"_a, "The same of each of [samples, ...].");
}

}  // namespace tinsmith::python
