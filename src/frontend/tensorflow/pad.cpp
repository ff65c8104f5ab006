// Padding.
#include "frontend/tensorflow/ops.hpp"

#include <algorithm>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

struct Pads {
    Ints before, after;
};

Pads pads_of(NodeReader& r) {
    const Ints pairs = r.ints(1);
    check(std::ssize(pairs) == 2 * r.rank(0), "{} paddings for {} dimensions", pairs.size(), r.rank(0));
    Pads out;
    for (size_t i = 0; i < pairs.size(); i += 2) {
        for (int64_t pad : {pairs[i], pairs[i + 1]}) check(pad >= 0 && pad < int64_t{1} << 31, "a padding of {}", pad);
        out.before.push_back(pairs[i]);
        out.after.push_back(pairs[i + 1]);
    }
    return out;
}

}  // namespace

std::vector<Operand> pad(NodeReader& r) {
    const Pads p = pads_of(r);
    double value = 0;
    if (r.has(2)) {
        const auto given = r.floats(2);
        check(given.size() == 1, "the value is {} numbers", given.size());
        value = given[0];
    }
    return {Compose(r.b).pad(r.operand(0), p.before, p.after, value)};
}

std::vector<Operand> mirror_pad(NodeReader& r) {
    const Pads p = pads_of(r);
    const std::string mode = r.text("mode", "REFLECT");
    check(mode == "REFLECT" || mode == "SYMMETRIC", "the mode is '{}'", mode);
    if (mode == "REFLECT")
        return {r.b.add(op::Pad, {r.operand(0)}, {{"before", p.before}, {"after", p.after}, {"mode", std::string("reflect")}})};
    // The edge is repeated: each dimension is read through a list of indices.
    ValueId x = r.operand(0);
    for (size_t d = 0; d < p.before.size(); ++d) {
        const int64_t n = r.b.shape(x)[d];
        check(p.before[d] <= n && p.after[d] <= n, "a padding of {} and {} mirrors an extent of {}", p.before[d], p.after[d],
              n);
        if (p.before[d] == 0 && p.after[d] == 0) continue;
        supported(n < int64_t{1} << 24, "a padding that mirrors an extent of {}", n);
        Ints list;
        for (int64_t i = -p.before[d]; i < n + p.after[d]; ++i) list.push_back(i < 0 ? -i - 1 : i < n ? i : 2 * n - 1 - i);
        const int64_t count = std::ssize(list);
        x = r.b.add(op::Gather, {x, integers(r.b, list, {count}, DType::i32)}, {{"axis", static_cast<int64_t>(d)}});
    }
    return {x};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
