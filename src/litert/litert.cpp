#include "litert/litert.hpp"

#include "base/file.hpp"
#include "litert/delegate.hpp"
#include "litert/library.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

namespace tinsmith {

namespace {

using litert::done;
using litert::Handle;
using litert::Library;

// A handle and what gives it back.
class Owned {
public:
    explicit Owned(void (*release)(Handle)) : release_(release) {}
    ~Owned() {
        if (handle_) release_(handle_);
    }
    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;
    Handle* slot() { return &handle_; }
    Handle operator*() const { return handle_; }

private:
    void (*release_)(Handle);
    Handle handle_ = nullptr;
};

// LiteRT reads its CPU options as TOML text under this name, and frees it.
void add_cpu_options(const Library& library, Handle options, const LitertOptions& wanted) {
    std::string text = fmt::format("num_threads = {}\n", wanted.threads);
    if (wanted.delegate == "none") text += "kernel_mode = \"builtin\"\n";
    if (wanted.delegate == "reference") text += "kernel_mode = \"reference\"\n";
    auto* payload = new char[text.size() + 1];
    std::memcpy(payload, text.c_str(), text.size() + 1);
    Handle opaque = nullptr;
    done(library.CreateOpaqueOptions(
             "xnnpack", payload, [](void* p) { delete[] static_cast<char*>(p); }, &opaque),
         "setting options");
    done(library.AddOpaqueOptions(options, opaque), "setting options");
}

bool is_file(const std::string& delegate) { return delegate != "xnnpack" && delegate != "none" && delegate != "reference"; }

// One compiled model with its buffers: what one thread needs at a time.
class Instance {
public:
    // `in`, `out`: the tensors of the signature, in its order.
    Instance(const Library& library, Handle environment, Handle model, Handle options,
             const std::vector<litert::TensorType>& in, const std::vector<litert::TensorType>& out)
        : library_(library), compiled_(library.DestroyCompiledModel) {
        done(library.CreateCompiledModel(environment, model, options, compiled_.slot()), "making the model ready");
        for (size_t i = 0; i < in.size(); ++i) {
            Handle needs = nullptr;
            done(library.GetCompiledModelInputBufferRequirements(*compiled_, 0, i, &needs), "asking for an input's memory");
            inputs_.push_back(buffer(environment, in[i], needs));
        }
        for (size_t i = 0; i < out.size(); ++i) {
            Handle needs = nullptr;
            done(library.GetCompiledModelOutputBufferRequirements(*compiled_, 0, i, &needs), "asking for an output's memory");
            outputs_.push_back(buffer(environment, out[i], needs));
        }
    }
    ~Instance() {
        for (Handle handle : inputs_) library_.DestroyTensorBuffer(handle);
        for (Handle handle : outputs_) library_.DestroyTensorBuffer(handle);
    }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    void write(size_t input, std::span<const std::byte> bytes) {
        fits(inputs_[input], bytes.size());
        void* memory = nullptr;
        done(library_.LockTensorBuffer(inputs_[input], &memory, litert::write), "writing an input");
        std::memcpy(memory, bytes.data(), bytes.size());
        done(library_.UnlockTensorBuffer(inputs_[input]), "writing an input");
    }
    void run() {
        done(library_.RunCompiledModel(*compiled_, 0, inputs_.size(), inputs_.data(), outputs_.size(), outputs_.data()),
             "running the model");
    }
    Buffer read(size_t output, size_t size) {
        fits(outputs_[output], size);
        void* memory = nullptr;
        done(library_.LockTensorBuffer(outputs_[output], &memory, litert::read), "reading an output");
        Buffer out = Buffer::copy_of({static_cast<const std::byte*>(memory), size});
        done(library_.UnlockTensorBuffer(outputs_[output]), "reading an output");
        return out;
    }

private:
    Handle buffer(Handle environment, const litert::TensorType& type, Handle needs) {
        Handle out = nullptr;
        done(library_.CreateManagedTensorBufferFromRequirements(environment, &type, needs, &out), "making a buffer");
        return out;
    }

    void fits(Handle buffer, size_t size) const {
        size_t room = 0;
        done(library_.GetTensorBufferSize(buffer, &room), "asking for a buffer's size");
        supported(size <= room, "LiteRT: a tensor of {} bytes here has {} bytes there", size, room);
    }

    const Library& library_;
    Owned compiled_;
    std::vector<Handle> inputs_, outputs_;
};

class LitertRunner final : public Runner {
public:
    LitertRunner(const std::string& path, const Graph& interface, const LitertOptions& options)
        : library_(litert::open_library(options.library)),
          file_(map_file(path)),
          environment_(library_.DestroyEnvironment),
          model_(library_.DestroyModel),
          options_(library_.DestroyOptions) {
        keep_interface(interface);
        const litert::EnvironmentOption quiet[] = {
            {litert::auto_register_accelerators, litert::any_integer, litert::on_cpu},
            {litert::least_logged_severity, litert::any_integer, litert::log_errors},
        };
        done(library_.CreateEnvironment(2, quiet, environment_.slot()), "starting");
        const bool external = is_file(options.delegate);
        if (external) litert::register_delegate(library_, *environment_, options.delegate);
        done(library_.CreateModelFromBuffer(*environment_, file_.bytes().data(), file_.size(), model_.slot()),
             "reading the model");
        done(library_.CreateOptions(options_.slot()), "setting options");
        done(library_.SetOptionsHardwareAccelerators(*options_, litert::on_cpu | (external ? litert::on_gpu : 0)),
             "setting options");
        add_cpu_options(library_, *options_, options);
        find_ports();
        idle_.push_back(instance());  // whatever LiteRT refuses, it refuses now
    }

    const Graph& graph() const override { return graph_; }

    std::vector<Buffer> run(std::span<const Buffer> inputs) const override {
        check(inputs.size() == graph_.inputs.size(), "the model has {} inputs, {} were given", graph_.inputs.size(),
              inputs.size());
        std::unique_ptr<Instance> mine = take();
        for (size_t i = 0; i < inputs.size(); ++i) {
            check(inputs[i].size() == graph_.type(graph_.inputs[i].value).bytes(), "input '{}' is {}; {} bytes were given",
                  graph_.inputs[i].name, to_string(graph_.type(graph_.inputs[i].value)), inputs[i].size());
            mine->write(input_at_[i], inputs[i].bytes());
        }
        mine->run();
        std::vector<Buffer> out;
        for (size_t o = 0; o < graph_.outputs.size(); ++o)
            out.push_back(mine->read(output_at_[o], graph_.type(graph_.outputs[o].value).bytes()));
        const std::scoped_lock lock(mutex_);
        idle_.push_back(std::move(mine));
        return out;
    }

private:
    void keep_interface(const Graph& interface) {
        graph_.name = interface.name;
        graph_.states.resize(interface.states.size());  // LiteRT keeps them; here they say that samples follow each other
        for (auto ports : {&Graph::inputs, &Graph::outputs})
            for (const Port& port : interface.*ports)
                (graph_.*ports).push_back({port.name, graph_.add_value(port.name, interface.type(port.value)), port.note});
        graph_.states = interface.states;  // LiteRT keeps what is in them
    }

    std::unique_ptr<Instance> instance() const {
        return std::make_unique<Instance>(library_, *environment_, *model_, *options_, input_types_, output_types_);
    }

    std::unique_ptr<Instance> take() const {
        {
            const std::scoped_lock lock(mutex_);
            if (!idle_.empty()) {
                std::unique_ptr<Instance> out = std::move(idle_.back());
                idle_.pop_back();
                return out;
            }
        }
        return instance();
    }

    // A signature may list tensors in another order than the graph: the tensors' own numbers say which is which.
    void find_ports() {
        Handle signature = nullptr, subgraph = nullptr;
        done(library_.GetModelSignature(*model_, 0, &signature), "finding the model's interface");
        done(library_.GetSignatureSubgraph(signature, &subgraph), "finding the model's interface");
        input_at_ = positions(signature, subgraph, graph_.inputs, library_.GetNumSignatureInputs,
                              library_.GetSignatureInputTensorByIndex, library_.GetSubgraphInput, input_types_);
        output_at_ = positions(signature, subgraph, graph_.outputs, library_.GetNumSignatureOutputs,
                               library_.GetSignatureOutputTensorByIndex, library_.GetSubgraphOutput, output_types_);
    }

    std::vector<size_t> positions(Handle signature, Handle subgraph, const std::vector<Port>& ports,
                                  decltype(Library::GetNumSignatureInputs) number,
                                  decltype(Library::GetSignatureInputTensorByIndex) by_index,
                                  decltype(Library::GetSubgraphInput) of_graph, std::vector<litert::TensorType>& types) {
        size_t count = 0;
        done(number(signature, &count), "finding the model's interface");
        std::vector<uint32_t> listed(count);
        types.resize(count);
        for (size_t i = 0; i < count; ++i) {
            Handle tensor = nullptr;
            done(by_index(signature, i, &tensor), "finding the model's interface");
            done(library_.GetTensorIndex(tensor, &listed[i]), "finding the model's interface");
            done(library_.GetRankedTensorType(tensor, &types[i]), "finding the model's interface");
        }
        std::vector<size_t> at;
        for (size_t p = 0; p < ports.size(); ++p) {
            Handle tensor = nullptr;
            uint32_t index = 0;
            done(of_graph(subgraph, p, &tensor), "finding the model's interface");
            done(library_.GetTensorIndex(tensor, &index), "finding the model's interface");
            const auto found = std::find(listed.begin(), listed.end(), index);
            supported(found != listed.end(), "LiteRT: the model's signature does not have '{}'", ports[p].name);
            at.push_back(static_cast<size_t>(found - listed.begin()));
            // A file may state an extent of -1 where tinsmith reads the model with one sample.
            const Shape& shape = graph_.type(ports[p].value).shape;
            litert::Layout& layout = types[at.back()].layout;
            supported(shape.size() <= std::size(layout.extents), "LiteRT: '{}' has more than 8 dimensions", ports[p].name);
            layout.rank = static_cast<unsigned>(shape.size()) & 0x7fU;
            std::copy(shape.begin(), shape.end(), layout.extents);
        }
        return at;
    }

    const Library& library_;
    Buffer file_;
    Graph graph_;
    Owned environment_, model_, options_;
    std::vector<litert::TensorType> input_types_, output_types_;  // in the signature's order
    std::vector<size_t> input_at_, output_at_;                    // of the graph's ports, in the signature
    mutable std::mutex mutex_;
    mutable std::vector<std::unique_ptr<Instance>> idle_;
};

}  // namespace

std::unique_ptr<Runner> litert_runner(const std::string& model, const Graph& interface, const LitertOptions& options) {
    litert::open_library(options.library);  // first: the model has no part in its absence
    return within(model, [&] { return std::make_unique<LitertRunner>(model, interface, options); });
}

std::string litert_description(const LitertOptions& options) {
    const Library& library = litert::open_library(options.library);
    return library.version.empty() ? library.path : fmt::format("{} ({})", library.version, library.path);
}

}  // namespace tinsmith
