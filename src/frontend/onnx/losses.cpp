// Losses: the class scores [batch, classes, ...] against class numbers [batch, ...].
#include "frontend/compose/compose.hpp"
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

// The (weighted) negative log likelihood of the scores, classes in dimension 1; inputs 1 and 2 of the node are targets and
// weights.
static ValueId negative_log_likelihood(NodeReader& r, ValueId scores) {
    Compose c(r.b);
    Shape in = r.b.shape(scores);
    check(in.size() >= 2, "the scores are {}, expected a batch of classes", to_string(in));
    Shape sample(in);
    sample.erase(sample.begin() + 1);
    check(r.shape(1) == sample, "the targets are {} for scores {}", to_string(r.shape(1)), to_string(in));
    ValueId target = r.operand(1);
    if (in.size() > 3) {  // all samples of a batch as one dimension
        in = {in[0], in[1], element_count({in.begin() + 2, in.end()})};
        target = c.reshape(target, {in[0], in[2]});
    }
    Formula x(r.b, c.reshape(scores, in));
    std::string reduction = r.text("reduction", "mean");
    check(reduction == "mean" || reduction == "sum" || reduction == "none", "'reduction' is '{}'", reduction);
    Formula hot(r.b, r.b.add(op::OneHot, {target}, {{"axis", int64_t{1}}, {"depth", in[1]}, {"dtype", std::string("bool")}}));
    bool ignores = r.has_attribute("ignore_index");
    int64_t ignored = r.integer("ignore_index", -1);
    if (ignores && ignored >= 0 && ignored < in[1]) {
        Formula counted = Formula(r.b, target) != static_cast<double>(ignored);
        Shape one(in);
        one[1] = 1;
        hot = hot && Formula(r.b, c.reshape(counted, one));
    }
    Formula zero = x.number(0), score = where(hot, x, zero);
    std::optional<Formula> weight;  // of each class of each sample: 0 but for the target
    if (r.has(2)) {
        Shape along(in.size(), 1);
        along[1] = in[1];
        check(r.type(2).elements() == in[1], "{} weights for {} classes", r.type(2).elements(), in[1]);
        weight = where(hot, Formula(r.b, c.reshape(r.operand(2), along)), zero);
        score = score * *weight;
    } else if (ignores) {
        weight = cast(hot, x.dtype());
    }
    auto sum = [&](const Formula& v, Ints axes) { return Formula(r.b, c.reduce(op::ReduceSum, v, std::move(axes), false)); };
    if (reduction == "none") return c.reshape(-sum(score, {1}), sample);
    Formula total = -sum(score, iota(std::ssize(in)));
    if (reduction == "sum") return total;
    if (weight) return total / sum(*weight, iota(std::ssize(in)));
    return total * (1.0 / static_cast<double>(std::max<int64_t>(element_count(sample), 1)));
}

std::vector<ValueId> negative_log_likelihood_loss(NodeReader& r) { return {negative_log_likelihood(r, r.operand(0))}; }

std::vector<ValueId> softmax_cross_entropy_loss(NodeReader& r) {
    Compose c(r.b);
    check(r.rank(0) >= 2, "the scores are {}, expected a batch of classes", to_string(r.type(0)));
    Ints perm = iota(r.rank(0));
    std::swap(perm[1], perm.back());
    ValueId logs = c.transpose(r.b.add(op::LogSoftmax, {c.transpose(r.operand(0), perm)}), perm);
    std::vector<ValueId> out{negative_log_likelihood(r, logs)};
    if (r.wants(1)) out.push_back(logs);
    return out;
}

}  // namespace tinsmith::from_onnx
