// FullyConnected and MatMul on oneDNN.
#include "op/list.hpp"
#include "run/dnnl_kernel.hpp"

#include <algorithm>

namespace tinsmith {

// With so few rows the weights are read once whatever the kernel: measured, the C99 kernel is as fast.
static constexpr int64_t few_rows = 8;

static std::unique_ptr<FastKernel> make_fully_connected(const DnnlLibrary& d, const Graph& graph, const Node& node,
                                                        const ConstantBytes& constant) {
    const std::byte* weight_bytes = constant(node.input(1));
    const Type& out = graph.type(node.outputs[0]);
    if (!weight_bytes || out.elements() < few_rows * out.shape.back()) return nullptr;
    const Shape& weights = graph.type(node.input(1)).shape;
    const int64_t outs = weights[0], ins = weights[1], rows = out.elements() / outs;
    const dnnl_memory_desc_t source = dnnl_strided({rows, ins}, {ins, 1}), result = dnnl_strided({rows, outs}, {outs, 1});
    const dnnl_memory_desc_t given = dnnl_strided({outs, ins}, {ins, 1}), liked = dnnl_any_order({outs, ins});
    std::vector<DnnlOperand> operands{{DNNL_ARG_SRC, 0, source},
                                      {DNNL_ARG_WEIGHTS, 1, given, weight_bytes, dnnl_query_weights_md}};
    dnnl_memory_desc_t bias{};
    if (node.input(2) != no_value) {
        bias = dnnl_strided({outs}, {1});
        operands.push_back({DNNL_ARG_BIAS, 2, bias});
    }
    dnnl_inner_product_desc_t desc{};
    if (d.inner_product_forward_desc_init(&desc, dnnl_forward_inference, &source, &liked,
                                          node.input(2) != no_value ? &bias : nullptr, &result) != dnnl_success)
        return nullptr;
    return make_dnnl_kernel(&desc, node.text("activation"), operands, result);
}

// A matrix operand with `rank` dimensions, missing batch dimensions being 1; `adjoint` swaps the last two.
static void matrix_extents(const Shape& shape, size_t rank, bool adjoint, Shape& extents, Shape& strides) {
    extents = Shape(rank - shape.size(), 1);
    extents.insert(extents.end(), shape.begin(), shape.end());
    strides = Shape(rank, 1);
    for (size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * extents[i];
    if (!adjoint) return;
    std::swap(extents[rank - 1], extents[rank - 2]);
    std::swap(strides[rank - 1], strides[rank - 2]);
}

static std::unique_ptr<FastKernel> make_matmul(const DnnlLibrary& d, const Graph& graph, const Node& node,
                                               const ConstantBytes& constant) {
    Shape a = graph.type(node.input(0)).shape, out = graph.type(node.outputs[0]).shape;
    const Shape& b = graph.type(node.input(1)).shape;
    const bool adj_a = node.flag("adj_x");
    if (b.size() == 2 && a.size() > 2 && !adj_a) {  // one matrix for all batches: a single product with more rows
        const int64_t depth = a.back(), rows = element_count(a) / depth;
        a = {rows, depth};
        out = {rows, out.back()};
    }
    Shape extents, strides;
    matrix_extents(a, out.size(), adj_a, extents, strides);
    const dnnl_memory_desc_t left = dnnl_strided(extents, strides);
    matrix_extents(b, out.size(), node.flag("adj_y"), extents, strides);
    const dnnl_memory_desc_t right = dnnl_strided(extents, strides), liked = dnnl_any_order(extents);
    matrix_extents(out, out.size(), false, extents, strides);
    const dnnl_memory_desc_t result = dnnl_strided(extents, strides);
    const std::byte* weights = constant(node.input(1));
    dnnl_matmul_desc_t desc{};
    if (d.matmul_desc_init(&desc, &left, weights ? &liked : &right, nullptr, &result) != dnnl_success) return nullptr;
    return make_dnnl_kernel(&desc, "none",
                            {{DNNL_ARG_SRC, 0, left}, {DNNL_ARG_WEIGHTS, 1, right, weights, dnnl_query_weights_md}}, result);
}

std::unique_ptr<FastKernel> make_dnnl_product(const Graph& graph, const Node& node, const ConstantBytes& constant) {
    if (!node.is(op::FullyConnected) && !node.is(op::MatMul)) return nullptr;
    const DnnlLibrary* d = dnnl_library();
    if (!d) return nullptr;
    return node.is(op::MatMul) ? make_matmul(*d, graph, node, constant) : make_fully_connected(*d, graph, node, constant);
}

}  // namespace tinsmith
