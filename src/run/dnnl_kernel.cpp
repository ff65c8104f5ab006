#include "run/dnnl_kernel.hpp"

#include <array>
#include <new>

namespace tinsmith {

dnnl_memory_desc_t dnnl_strided(const Shape& extents, const Shape& strides) {
    dnnl_memory_desc_t desc{};
    if (dnnl_library()->memory_desc_init_by_strides(&desc, static_cast<int>(extents.size()), extents.data(), dnnl_f32,
                                                    strides.data()) != dnnl_success)
        fail(Fault::internal, "oneDNN does not take a tensor of {}", to_string(extents));
    return desc;
}

dnnl_memory_desc_t dnnl_any_order(const Shape& extents) {
    dnnl_memory_desc_t desc{};
    desc.ndims = static_cast<int>(extents.size());
    std::copy(extents.begin(), extents.end(), desc.dims);
    std::copy(extents.begin(), extents.end(), desc.padded_dims);
    desc.data_type = dnnl_f32;
    desc.format_kind = dnnl_format_kind_any;
    return desc;
}

namespace {

struct Attributes {
    const DnnlLibrary& d;
    dnnl_primitive_attr_t attr = nullptr;
    dnnl_post_ops_t post = nullptr;

    Attributes(const DnnlLibrary& library, std::string_view activation) : d(library) {
        d.primitive_attr_create(&attr);
        d.primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
        d.post_ops_create(&post);
        if (activation == "relu") d.post_ops_append_eltwise(post, 1.0f, dnnl_eltwise_relu, 0.0f, 0.0f);
        if (activation == "relu6") d.post_ops_append_eltwise(post, 1.0f, dnnl_eltwise_clip, 0.0f, 6.0f);
        if (activation == "relu_n1_to_1") d.post_ops_append_eltwise(post, 1.0f, dnnl_eltwise_clip, -1.0f, 1.0f);
        d.primitive_attr_set_post_ops(attr, post);
    }
    ~Attributes() {
        d.post_ops_destroy(post);
        d.primitive_attr_destroy(attr);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
};

// Memory objects for one execution.
class Arguments {
public:
    explicit Arguments(const DnnlLibrary& library) : d_(library) {}
    ~Arguments() {
        for (size_t i = 0; i < count_; ++i) d_.memory_destroy(list_[i].memory);
    }
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;

    void add(int arg, const dnnl_memory_desc_t& desc, const std::byte* data) {
        dnnl_exec_arg_t& entry = list_[count_];
        entry.arg = arg;
        if (d_.memory_create(&entry.memory, &desc, d_.engine, const_cast<std::byte*>(data)) != dnnl_success)
            fail(Fault::internal, "oneDNN has no memory for an operand");
        ++count_;
    }
    void run(const_dnnl_primitive_t primitive) const {
        dnnl_stream_t stream = dnnl_stream_of_thread();
        if (d_.primitive_execute(primitive, stream, static_cast<int>(count_), list_.data()) != dnnl_success ||
            d_.stream_wait(stream) != dnnl_success)
            fail(Fault::internal, "oneDNN failed while it ran a kernel");
    }

private:
    const DnnlLibrary& d_;
    std::array<dnnl_exec_arg_t, 6> list_{};
    size_t count_ = 0;
};

struct Free64 {
    void operator()(std::byte* memory) const { operator delete[](memory, std::align_val_t(64)); }
};

class DnnlKernel : public FastKernel {
public:
    DnnlKernel(const DnnlLibrary& library, dnnl_primitive_t primitive) : d_(library), primitive_(primitive) {}
    ~DnnlKernel() override { d_.primitive_destroy(primitive_); }

    size_t scratch_bytes() const override { return d_.memory_desc_get_size(&scratch_); }
    size_t kept_bytes() const override {
        size_t bytes = 0;
        for (const Operand& operand : operands_)
            if (operand.held) bytes += d_.memory_desc_get_size(&operand.desc);
        return bytes;
    }
    bool holds(size_t index) const override {
        for (const Operand& operand : operands_)
            if (operand.index == index) return operand.held != nullptr;
        return false;
    }
    void run(const EvalContext& context, std::byte* scratch) const override {
        Arguments arguments(d_);
        for (const Operand& operand : operands_)
            arguments.add(operand.arg, operand.desc, operand.held ? operand.held.get() : context.in[operand.index].data);
        arguments.add(DNNL_ARG_DST, result_, context.out[0].data);
        arguments.add(DNNL_ARG_SCRATCHPAD, scratch_, scratch);
        arguments.run(primitive_);
    }

    struct Operand {
        int arg;
        size_t index;
        dnnl_memory_desc_t desc;
        std::unique_ptr<std::byte[], Free64> held;
    };
    std::vector<Operand> operands_;
    dnnl_memory_desc_t result_{}, scratch_{};

private:
    const DnnlLibrary& d_;
    dnnl_primitive_t primitive_;
};

}  // namespace

// A copy of `from` in the order that `to` describes; null when oneDNN cannot reorder it.
static std::unique_ptr<std::byte[], Free64> reordered(const DnnlLibrary& d, const std::byte* data,
                                                      const dnnl_memory_desc_t& from, const dnnl_memory_desc_t& to) {
    dnnl_primitive_desc_t desc = nullptr;
    dnnl_primitive_t reorder = nullptr;
    if (d.reorder_primitive_desc_create(&desc, &from, d.engine, &to, d.engine, nullptr) != dnnl_success) return nullptr;
    const dnnl_status_t made = d.primitive_create(&reorder, desc);
    d.primitive_desc_destroy(desc);
    if (made != dnnl_success) return nullptr;
    std::unique_ptr<std::byte[], Free64> copy(new (std::align_val_t(64)) std::byte[d.memory_desc_get_size(&to)]);
    {
        Arguments arguments(d);
        arguments.add(DNNL_ARG_FROM, from, data);
        arguments.add(DNNL_ARG_TO, to, copy.get());
        arguments.run(reorder);
    }
    d.primitive_destroy(reorder);
    return copy;
}

std::unique_ptr<FastKernel> make_dnnl_kernel(const_dnnl_op_desc_t op_desc, std::string_view activation,
                                             const std::vector<DnnlOperand>& operands, const dnnl_memory_desc_t& result) {
    const DnnlLibrary& d = *dnnl_library();
    dnnl_stream_of_thread();  // kernels are made for one thread
    const Attributes attributes(d, activation);
    dnnl_primitive_desc_t desc = nullptr;
    dnnl_primitive_t primitive = nullptr;
    if (d.primitive_desc_create(&desc, op_desc, attributes.attr, d.engine, nullptr) != dnnl_success) return nullptr;
    std::unique_ptr<DnnlKernel> kernel;
    if (d.primitive_create(&primitive, desc) == dnnl_success) {
        kernel = std::make_unique<DnnlKernel>(d, primitive);
        kernel->result_ = result;
        kernel->scratch_ = *d.primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);
        for (const DnnlOperand& operand : operands) {
            kernel->operands_.push_back({operand.arg, operand.index, operand.desc, nullptr});
            if (!operand.constant) continue;
            DnnlKernel::Operand& entry = kernel->operands_.back();
            entry.desc = *d.primitive_desc_query_md(desc, operand.order, 0);
            entry.held = reordered(d, operand.constant, operand.desc, entry.desc);
            if (!entry.held) {
                kernel.reset();
                break;
            }
        }
    }
    d.primitive_desc_destroy(desc);
    return kernel;
}

std::unique_ptr<FastKernel> make_fast_kernel(const Graph& graph, const Node& node, const ConstantBytes& constant) {
    for (ValueId id : node.inputs) {
        if (id == no_value) continue;
        const Type& type = graph.type(id);
        if (type.dtype != DType::f32 || type.quant || type.elements() == 0) return nullptr;
    }
    for (auto* make : {make_dnnl_convolution, make_dnnl_product})
        if (auto kernel = make(graph, node, constant)) return kernel;
    return nullptr;
}

}  // namespace tinsmith
