// Operators that index.
#include "frontend/compose/compose.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

std::vector<Operand> gather(NodeReader& r) {
    const int64_t batch = r.integer("batch_dims", 0);
    const int64_t axis = r.has(2) ? normalized_axis(r.integer(2), r.rank(0)) : 0;
    return {r.b.add(op::Gather, {r.operand(0), r.operand(1)},
                    {{"axis", axis}, {"batch_dims", batch < 0 ? batch + r.rank(1) : batch}})};
}

std::vector<Operand> one_hot(NodeReader& r) {
    const int64_t axis = r.integer("axis", -1), depth = r.integer(1);
    check(depth >= 0 && depth < int64_t{1} << 31, "a depth of {}", depth);
    const std::vector<float> on = r.floats(2), off = r.floats(3);
    check(on.size() == 1 && off.size() == 1, "the values are {} and {} numbers", on.size(), off.size());
    return {r.b.add(op::OneHot, {r.operand(0)},
                    {{"axis", axis < 0 ? axis + r.rank(0) + 1 : axis},
                     {"depth", depth},
                     {"on", double{on[0]}},
                     {"off", double{off[0]}},
                     {"dtype", std::string(dtype_name(r.type(2).dtype))}})};
}

std::vector<Operand> scatter_nd(NodeReader& r) {
    return {r.b.add(op::ScatterND, {r.operand(0), r.operand(1)}, {{"shape", r.ints(2)}})};
}

// Keeps `lower` diagonals below the main one and `upper` above it; all where negative.
std::vector<Operand> matrix_band_part(NodeReader& r) {
    const int64_t lower = r.integer(1), upper = r.integer(2);
    check(r.rank(0) >= 2, "the input is {}", to_string(r.type(0)));
    const int64_t rows = r.shape(0)[r.shape(0).size() - 2], columns = r.shape(0).back();
    supported(rows * columns <= int64_t{1} << 24, "a band of matrices this large");
    std::vector<uint8_t> kept;
    for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < columns; ++j) kept.push_back((lower < 0 || i - j <= lower) && (upper < 0 || j - i <= upper));
    const ValueId mask = r.b.constant({DType::boolean, {rows, columns}, {}}, Buffer::of(std::move(kept)));
    return {r.b.add(op::Where, {mask, r.operand(0), Compose(r.b).number(0, r.operand(0))})};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
