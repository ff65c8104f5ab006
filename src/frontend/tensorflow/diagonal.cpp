// Diagonals of matrices.
#include "frontend/compose/compose.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <algorithm>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

// The later versions have the diagonal as an operand: one number, or a band.
int64_t diagonal_of(NodeReader& r, size_t i) {
    if (!r.has(i)) return 0;
    const Ints k = r.ints(i);
    check(k.size() == 1 || k.size() == 2, "{} diagonals", k.size());
    supported(k.front() == k.back(), "a band of diagonals");
    return k[0];
}

ValueId on_diagonal(Builder& b, int64_t rows, int64_t columns) {
    supported(rows == 0 || columns <= (int64_t{1} << 24) / rows, "matrices of {} x {}", rows, columns);
    std::vector<uint8_t> mask(static_cast<size_t>(rows * columns));
    for (int64_t i = 0; i < std::min(rows, columns); ++i) mask[static_cast<size_t>(i * columns + i)] = 1;
    return b.constant({DType::boolean, {rows, columns}, {}}, Buffer::of(std::move(mask)));
}

// [..., n] as rows [..., 1, columns].
ValueId as_rows(Compose& m, ValueId x, int64_t columns) {
    Shape shape = m.shape(x);
    Ints before(shape.size(), 0), after(shape.size(), 0);
    check(!shape.empty() && shape.back() <= columns, "a diagonal of shape {} in {} columns", to_string(shape), columns);
    after.back() = columns - shape.back();
    if (after.back() > 0) x = m.pad(x, before, after);
    shape.back() = 1;
    shape.push_back(columns);
    return m.reshape(x, shape);
}

}  // namespace

// [..., n] -> [..., n, n].
std::vector<Operand> matrix_diag(NodeReader& r) {
    Compose m{r.b};
    check(r.rank(0) >= 1, "the diagonal is {}", to_string(r.type(0)));
    supported(r.node.op != "Diag" || r.rank(0) == 1, "a diagonal of more than one dimension");
    supported(diagonal_of(r, 1) == 0, "another diagonal than the main one");
    const int64_t n = r.shape(0).back();
    for (size_t i : {size_t{2}, size_t{3}})
        if (r.has(i)) supported(r.integer(i) == -1 || r.integer(i) == n, "a matrix that is not square");
    ValueId rest = m.number(0, r.operand(0));
    if (r.has(4)) rest = m.reshape(r.operand(4), {});
    return {r.b.add(op::Where, {on_diagonal(r.b, n, n), as_rows(m, r.operand(0), n), rest})};
}

// [..., rows, columns] -> [..., n].
std::vector<Operand> matrix_diag_part(NodeReader& r) {
    Compose m{r.b};
    check(r.rank(0) >= 2, "the input is {}", to_string(r.type(0)));
    supported(r.node.op != "DiagPart" || r.rank(0) == 2, "a diagonal of more than one dimension");
    Shape shape = r.shape(0);
    const int64_t columns = shape.back(), rows = shape[shape.size() - 2], k = diagonal_of(r, 1);
    const int64_t down = std::max<int64_t>(-k, 0), across = std::max<int64_t>(k, 0);
    check(down < rows && across < columns, "diagonal {} of {}", k, to_string(r.type(0)));
    Ints places;
    for (int64_t i = 0; i < std::min(rows - down, columns - across); ++i) places.push_back((i + down) * columns + i + across);
    shape.pop_back();
    shape.back() = rows * columns;
    const int64_t n = std::ssize(places), axis = std::ssize(shape) - 1;
    return {r.b.add(op::Gather, {m.reshape(r.operand(0), shape), integers(r.b, places, {n}, DType::i32)}, {{"axis", axis}})};
}

std::vector<Operand> matrix_set_diag(NodeReader& r) {
    Compose m{r.b};
    check(r.rank(0) >= 2, "the input is {}", to_string(r.type(0)));
    supported(diagonal_of(r, 2) == 0, "another diagonal than the main one");
    const int64_t columns = r.shape(0).back(), rows = r.shape(0)[r.shape(0).size() - 2];
    return {r.b.add(op::Where, {on_diagonal(r.b, rows, columns), as_rows(m, r.operand(1), columns), r.operand(0)})};
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
