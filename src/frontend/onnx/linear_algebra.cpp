// Small matrices: determinants and affine maps.
#include "frontend/compose/compose.hpp"
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

// The determinant by expansion along the first row of what is left: `columns` are those not yet used.
static Formula expansion(const std::vector<std::vector<Formula>>& m, size_t row, const std::vector<size_t>& columns) {
    if (columns.size() == 1) return m[row][columns[0]];
    std::optional<Formula> sum;
    for (size_t i = 0; i < columns.size(); ++i) {
        std::vector<size_t> rest = columns;
        rest.erase(rest.begin() + static_cast<int64_t>(i));
        Formula term = m[row][columns[i]] * expansion(m, row + 1, rest);
        sum = !sum ? term : i % 2 ? *sum - term : *sum + term;
    }
    return *sum;
}

std::vector<ValueId> det(NodeReader& r) {
    Compose c(r.b);
    const Shape in = r.shape(0);
    check(in.size() >= 2 && in.back() == in[in.size() - 2] && in.back() >= 1, "the input is {}, expected square matrices",
          to_string(r.type(0)));
    int64_t n = in.back();
    supported(n <= 4, "the determinant of {0}x{0} matrices; up to 4x4 are written out", n);
    Shape batch(in.begin(), in.end() - 2);
    ValueId flat = c.reshape(r.operand(0), {element_count(batch), n * n});
    std::vector<std::vector<Formula>> m(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < n; ++j)
            m[static_cast<size_t>(i)].push_back({r.b, c.reshape(c.slice(flat, 1, i * n + j, i * n + j + 1), batch)});
    std::vector<size_t> columns;
    for (int64_t j = 0; j < n; ++j) columns.push_back(static_cast<size_t>(j));
    return {expansion(m, 0, columns)};
}

// Positions -1..1 along an extent: of the outermost pixels' centres, or of their outer edges.
static std::vector<float> positions(int64_t n, bool align_corners) {
    std::vector<float> at(static_cast<size_t>(n));
    for (size_t i = 0; i < at.size(); ++i) {
        double k = static_cast<double>(i), count = static_cast<double>(n);
        at[i] = static_cast<float>(align_corners ? (n > 1 ? 2 * k / (count - 1) - 1 : -1) : (2 * k + 1) / count - 1);
    }
    return at;
}

// grid[n, ..., :] = theta[n] * (x, y, [z], 1).
std::vector<ValueId> affine_grid(NodeReader& r) {
    Compose c(r.b);
    check(r.rank(0) == 3, "theta is {}, expected [batch, 2, 3] or [batch, 3, 4]", to_string(r.type(0)));
    const Shape* declared = declared_shape(r);
    Shape spatial;
    if (!r.is_constant(1) && declared && declared->size() >= 3) {
        spatial.assign(declared->begin() + 1, declared->end() - 1);
    } else {
        Ints size = required_ints(r, 1);
        check(size.size() >= 3, "the size has {} entries", size.size());
        spatial.assign(size.begin() + 2, size.end());
    }
    auto dims = std::ssize(spatial);
    check((dims == 2 || dims == 3) && r.shape(0)[1] == dims && r.shape(0)[2] == dims + 1, "theta {} does not fit a size {}",
          to_string(r.type(0)), to_string(spatial));
    int64_t points = element_count(spatial), batch = r.shape(0)[0];
    supported(points <= 1 << 26, "a grid of {} points", points);
    bool align = r.integer("align_corners", 0) != 0;
    std::vector<float> base(static_cast<size_t>(points * (dims + 1)), 1.0f);
    int64_t stride = 1;
    for (int64_t d = dims; d-- > 0; stride *= spatial[static_cast<size_t>(d)]) {  // x runs along the last dimension
        int64_t n = spatial[static_cast<size_t>(d)];
        std::vector<float> at = positions(n, align);
        for (int64_t p = 0; p < points; ++p)
            base[static_cast<size_t>(p * (dims + 1) + dims - 1 - d)] = at[static_cast<size_t>(p / stride % n)];
    }
    ValueId grid = r.b.add(op::MatMul, {r.b.floats(std::move(base), {1, points, dims + 1}), r.operand(0)}, {{"adj_y", true}});
    Shape out{batch};
    out.insert(out.end(), spatial.begin(), spatial.end());
    out.push_back(dims);
    return {c.reshape(grid, out)};
}

}  // namespace tinsmith::from_onnx
