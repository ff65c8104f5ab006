// Einsum: operands are contracted pair by pair. Labels of a pair are shared and kept (batch), shared and summed (contracted),
// or one side's own; that is a matrix product of [batch, own, contracted] with [batch, contracted, own].
#include "frontend/compose/einsum.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace tinsmith {

namespace {

using Labels = std::vector<int>;  // letters, and 256 + i for the i-th dimension from the right of an ellipsis

bool holds(const Labels& labels, int label) { return std::find(labels.begin(), labels.end(), label) != labels.end(); }

struct Term {
    ValueId value;
    Labels labels;
};

struct Equation {
    std::vector<Labels> inputs;
    Labels output;
};

constexpr int ellipsis = 256;

// One side's labels; an ellipsis stands for `rank` minus the letters.
Labels parse_term(std::string_view text, int64_t rank) {
    Labels labels;
    int64_t letters = 0;
    for (char ch : text) letters += std::isalpha(static_cast<unsigned char>(ch)) ? 1 : 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (std::isalpha(static_cast<unsigned char>(text[i]))) {
            labels.push_back(static_cast<unsigned char>(text[i]));
        } else {
            check(text.substr(i, 3) == "..." && rank >= letters, "the term '{}' does not fit an operand of {} dimensions", text,
                  rank);
            for (int64_t d = rank - letters; d-- > 0;) labels.push_back(ellipsis + static_cast<int>(d));
            i += 2;
        }
    }
    check(std::ssize(labels) == rank, "the term '{}' does not fit an operand of {} dimensions", text, rank);
    return labels;
}

Equation parse(const Compose& m, std::string text, const std::vector<ValueId>& operands) {
    std::erase(text, ' ');
    size_t arrow = text.find("->");
    std::string_view left = std::string_view(text).substr(0, arrow);
    Equation e;
    int64_t widest = 0;  // dimensions of the widest ellipsis
    for (size_t i = 0;; ++i) {
        check(i < operands.size(), "the equation '{}' names more operands than the {} given", text, operands.size());
        size_t comma = left.find(',');
        e.inputs.push_back(parse_term(left.substr(0, comma), std::ssize(m.shape(operands[i]))));
        for (int label : e.inputs.back()) widest = std::max<int64_t>(widest, label - ellipsis + 1);
        if (comma == std::string_view::npos) break;
        left.remove_prefix(comma + 1);
    }
    check(e.inputs.size() == operands.size(), "the equation '{}' names {} operands, {} are given", text, e.inputs.size(),
          operands.size());
    if (arrow != std::string::npos) {
        std::string_view right = std::string_view(text).substr(arrow + 2);
        int64_t letters =
            std::count_if(right.begin(), right.end(), [](char ch) { return std::isalpha(static_cast<unsigned char>(ch)); });
        e.output = parse_term(right, letters + (right.find('.') == std::string_view::npos ? 0 : widest));
    } else {  // the ellipsis, then every letter that occurs once, in alphabetical order
        std::map<int, int> count;
        for (const Labels& labels : e.inputs)
            for (int label : labels) ++count[label];
        for (int64_t d = widest; d-- > 0;) e.output.push_back(ellipsis + static_cast<int>(d));
        for (auto [label, n] : count)
            if (label < ellipsis && n == 1) e.output.push_back(label);
    }
    return e;
}

class Contraction {
public:
    Contraction(Compose& m, const std::string& equation, const std::vector<ValueId>& operands)
        : c_(m), e_(parse(m, equation, operands)) {
        for (size_t i = 0; i < e_.inputs.size(); ++i) {
            terms_.push_back({operands[i], e_.inputs[i]});
            for (size_t d = 0; d < e_.inputs[i].size(); ++d) {
                int64_t& extent = extents_.try_emplace(e_.inputs[i][d], 1).first->second;
                int64_t n = m.shape(operands[i])[d];
                check(extent == 1 || n == 1 || extent == n, "a label stands for {} and for {}", extent, n);
                if (n != 1) extent = n;
            }
        }
        for (int label : e_.output) {
            check(extents_.contains(label), "the output names a label that no operand has");
            check(std::count(e_.output.begin(), e_.output.end(), label) == 1, "the output names a label twice");
        }
    }

    ValueId run() {
        for (Term& t : terms_) t = only_once(drop_ones(t));
        while (terms_.size() > 1) {
            Term first = sum_out(0), second = sum_out(1);
            terms_.erase(terms_.begin());
            terms_[0] = product(first, second);
        }
        return permuted(sum_out(0), e_.output);
    }

private:
    // A dimension of 1 that is broadcast against a larger one carries no label.
    Term drop_ones(Term t) {
        Shape shape;
        Labels kept;
        for (size_t d = 0; d < t.labels.size(); ++d) {
            int64_t n = c_.shape(t.value)[d];
            if (n == 1 && extents_[t.labels[d]] != 1) continue;
            kept.push_back(t.labels[d]);
            shape.push_back(n);
        }
        return {c_.reshape(t.value, shape), kept};
    }

    // A label that stands twice takes the diagonal: of [..., n, n] flattened, every (n + 1)-th element.
    Term only_once(Term t) {
        for (size_t i = 0; i < t.labels.size(); ++i) {
            auto again = std::find(t.labels.begin() + static_cast<int64_t>(i) + 1, t.labels.end(), t.labels[i]);
            if (again == t.labels.end()) continue;
            size_t j = static_cast<size_t>(again - t.labels.begin());
            Ints perm;
            Labels rest;
            Shape shape;
            for (size_t d = 0; d < t.labels.size(); ++d) {
                if (d == i || d == j) continue;
                perm.push_back(static_cast<int64_t>(d));
                rest.push_back(t.labels[d]);
                shape.push_back(c_.shape(t.value)[d]);
            }
            perm.push_back(static_cast<int64_t>(i)), perm.push_back(static_cast<int64_t>(j));
            int64_t n = c_.shape(t.value)[i];
            rest.push_back(t.labels[i]);
            shape.push_back(n * n);
            ValueId flat = c_.reshape(c_.transpose(t.value, perm), shape);
            t = {n > 0 ? c_.slice(flat, std::ssize(rest) - 1, 0, n * n, n + 1) : flat, rest};
            i = static_cast<size_t>(-1);
        }
        return t;
    }

    // Whether the output, or a term other than this one, needs the label.
    bool needed(int label, size_t except) const {
        if (holds(e_.output, label)) return true;
        for (size_t i = 0; i < terms_.size(); ++i)
            if (i != except && holds(terms_[i].labels, label)) return true;
        return false;
    }

    // The term without the labels that nobody else has.
    Term sum_out(size_t self) {
        const Term t = terms_[self];
        Ints axes;
        Labels kept;
        for (size_t d = 0; d < t.labels.size(); ++d) {
            if (needed(t.labels[d], self))
                kept.push_back(t.labels[d]);
            else
                axes.push_back(static_cast<int64_t>(d));
        }
        return axes.empty() ? t : Term{c_.reduce(op::ReduceSum, t.value, axes, false), kept};
    }

    ValueId permuted(const Term& t, const Labels& order) {
        Ints perm;
        for (int label : order) perm.push_back(std::find(t.labels.begin(), t.labels.end(), label) - t.labels.begin());
        return c_.transpose(t.value, perm);
    }

    int64_t count(const Labels& labels) {
        int64_t n = 1;
        for (int label : labels) n *= extents_[label];
        return n;
    }

    static Labels join(const Labels& a, const Labels& b, const Labels& c = {}) {
        Labels all = a;
        all.insert(all.end(), b.begin(), b.end());
        all.insert(all.end(), c.begin(), c.end());
        return all;
    }

    // The product of a pair that stands in terms_[0].
    Term product(const Term& a, const Term& b) {
        Labels batch, summed, left, right;
        for (int label : a.labels) {
            if (!holds(b.labels, label))
                left.push_back(label);
            else if (needed(label, 0))
                batch.push_back(label);
            else
                summed.push_back(label);
        }
        for (int label : b.labels)
            if (!holds(a.labels, label)) right.push_back(label);
        Labels out = join(batch, left, right);
        int64_t n = count(batch), rows = count(left), columns = count(right), depth = count(summed);
        DType dtype = c_.dtype(a.value);
        check(dtype == c_.dtype(b.value), "the operands have different element types");
        if (summed.empty() || dtype != DType::f32) {  // elementwise, integers summed afterwards
            ValueId x = c_.reshape(permuted(a, join(batch, left, summed)), {n, rows, 1, depth});
            ValueId y = c_.reshape(permuted(b, join(batch, right, summed)), {n, 1, columns, depth});
            ValueId z = c_.mul(x, y);
            return {c_.reshape(summed.empty() ? z : c_.reduce(op::ReduceSum, z, {3}, false), shape_of(out)), out};
        }
        // A side whose own labels come last is taken as it lies.
        bool adj_x = !a.labels.empty() && holds(left, a.labels.back()),
             adj_y = !b.labels.empty() && !holds(right, b.labels.back());
        ValueId x = permuted(a, adj_x ? join(batch, summed, left) : join(batch, left, summed));
        ValueId y = permuted(b, adj_y ? join(batch, right, summed) : join(batch, summed, right));
        auto matrix = [&](int64_t i, int64_t j) { return batch.empty() ? Shape{i, j} : Shape{n, i, j}; };
        x = c_.reshape(x, adj_x ? matrix(depth, rows) : matrix(rows, depth));
        y = c_.reshape(y, adj_y ? matrix(columns, depth) : matrix(depth, columns));
        ValueId z = c_.b.add(op::MatMul, {x, y}, {{"adj_x", adj_x}, {"adj_y", adj_y}});
        return {c_.reshape(z, shape_of(out)), out};
    }

    Shape shape_of(const Labels& labels) {
        Shape shape;
        for (int label : labels) shape.push_back(extents_[label]);
        return shape;
    }

    Compose c_;
    Equation e_;
    std::vector<Term> terms_;
    std::map<int, int64_t> extents_;
};

}  // namespace

ValueId einsum(Compose& m, const std::string& equation, const std::vector<ValueId>& operands) {
    check(!operands.empty(), "there are no operands");
    return Contraction(m, equation, operands).run();
}

}  // namespace tinsmith
