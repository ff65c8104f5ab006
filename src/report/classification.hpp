// How well a model names classes.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace tinsmith {

// The place of the largest score; of a single score, 1 above `boundary` and 0 below.
int32_t class_of(std::span<const double> scores, double boundary = 0.5);
// Whether fewer than `k` scores are larger than that of `label`, or as large and of an earlier class.
bool among_first(std::span<const double> scores, int32_t label, int k);

class Classification {
public:
    void add(int32_t truth, int32_t predicted, bool in_top_k);

    int64_t samples() const { return samples_; }
    double accuracy() const { return share(right_); }
    double top_k() const { return share(in_top_k_); }
    // Classes that occur as truth or as a prediction, ascending.
    std::vector<int32_t> classes() const;
    int64_t count(int32_t truth, int32_t predicted) const;
    int64_t with_truth(int32_t c) const { return of(truths_, c); }
    int64_t predicted(int32_t c) const { return of(predictions_, c); }
    // 0 where nothing was predicted (precision) or nothing is true (recall), as scikit-learn has it.
    double precision(int32_t c) const;
    double recall(int32_t c) const;
    double f1(int32_t c) const;
    // Means over classes().
    double precision_macro() const;
    double recall_macro() const;
    double f1_macro() const;

private:
    static int64_t of(const std::map<int32_t, int64_t>& counts, int32_t c);
    double share(int64_t part) const { return samples_ == 0 ? 0 : static_cast<double>(part) / static_cast<double>(samples_); }
    double mean(double (Classification::*figure)(int32_t) const) const;

    int64_t samples_ = 0, right_ = 0, in_top_k_ = 0;
    std::map<std::pair<int32_t, int32_t>, int64_t> confusion_;  // truth, predicted
    std::map<int32_t, int64_t> truths_, predictions_;
};

// Area under the ROC curve: how often a positive scores above a negative, ties counting half. No value with only one kind.
double area_under_curve(std::span<const double> scores, std::span<const int32_t> positive);

}  // namespace tinsmith
