// Matrix products.
#include "frontend/compose/product.hpp"
#include "frontend/compose/einsum.hpp"
#include "frontend/tensorflow/graph_reader.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

ValueId transposed(Compose& m, ValueId x, bool wanted) {
    if (!wanted) return x;
    Ints perm = iota(static_cast<int64_t>(m.shape(x).size()));
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return m.transpose(x, perm);
}

std::vector<Operand> product(NodeReader& r, bool left, bool right) {
    Compose m{r.b};
    check(r.rank(0) >= 2 && r.rank(1) >= 2, "the operands are {} and {}", to_string(r.type(0)), to_string(r.type(1)));
    if (r.is_constant(1) && r.rank(1) == 2 && r.type(1).dtype == DType::f32 && r.type(0).dtype == DType::f32)
        return {r.b.add(op::FullyConnected,
                        {transposed(m, r.operand(0), left), right ? r.operand(1) : r.graph.transposed(r.operand(1))})};
    return {matrix_product(m, transposed(m, r.operand(0), left), transposed(m, r.operand(1), right))};
}

}  // namespace

std::vector<Operand> mat_mul(NodeReader& r) { return product(r, r.flag("transpose_a"), r.flag("transpose_b")); }
std::vector<Operand> batch_mat_mul(NodeReader& r) { return product(r, r.flag("adj_x"), r.flag("adj_y")); }

std::vector<Operand> einsum(NodeReader& r) {
    Compose m{r.b};
    return {tinsmith::einsum(m, r.text("equation", ""), r.operands())};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
