#include "report/classification.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

namespace tinsmith {

int32_t class_of(std::span<const double> scores, double boundary) {
    if (scores.size() == 1) return scores[0] > boundary ? 1 : 0;
    return static_cast<int32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

bool among_first(std::span<const double> scores, int32_t label, int k) {
    if (label < 0 || static_cast<size_t>(label) >= scores.size()) return false;
    const auto at = scores.begin() + label;
    const auto higher = std::count_if(scores.begin(), scores.end(), [&](double s) { return s > *at; });
    return higher + std::count(scores.begin(), at, *at) < k;
}

void Classification::add(int32_t truth, int32_t predicted, bool in_top_k) {
    ++samples_;
    right_ += truth == predicted ? 1 : 0;
    in_top_k_ += in_top_k ? 1 : 0;
    ++confusion_[{truth, predicted}];
    ++truths_[truth];
    ++predictions_[predicted];
}

std::vector<int32_t> Classification::classes() const {
    std::set<int32_t> all;
    for (const auto& [c, n] : truths_) all.insert(c);
    for (const auto& [c, n] : predictions_) all.insert(c);
    return {all.begin(), all.end()};
}

int64_t Classification::of(const std::map<int32_t, int64_t>& counts, int32_t c) {
    const auto at = counts.find(c);
    return at == counts.end() ? 0 : at->second;
}

int64_t Classification::count(int32_t truth, int32_t predicted) const {
    const auto at = confusion_.find({truth, predicted});
    return at == confusion_.end() ? 0 : at->second;
}

static double ratio(int64_t part, int64_t all) { return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all); }

double Classification::precision(int32_t c) const { return ratio(count(c, c), predicted(c)); }
double Classification::recall(int32_t c) const { return ratio(count(c, c), with_truth(c)); }
double Classification::f1(int32_t c) const { return ratio(2 * count(c, c), predicted(c) + with_truth(c)); }

double Classification::mean(double (Classification::*figure)(int32_t) const) const {
    double sum = 0;
    const std::vector<int32_t> all = classes();
    for (int32_t c : all) sum += (this->*figure)(c);
    return all.empty() ? 0 : sum / static_cast<double>(all.size());
}

double Classification::precision_macro() const { return mean(&Classification::precision); }
double Classification::recall_macro() const { return mean(&Classification::recall); }
double Classification::f1_macro() const { return mean(&Classification::f1); }

double area_under_curve(std::span<const double> scores, std::span<const int32_t> positive) {
    std::vector<size_t> order(scores.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] < scores[b]; });
    // Sum of the positives' ranks (Mann and Whitney), ties sharing the middle of their places.
    double ranks = 0;
    int64_t positives = 0;
    for (size_t i = 0; i < order.size();) {
        size_t end = i;
        while (end < order.size() && scores[order[end]] == scores[order[i]]) ++end;
        const double rank = static_cast<double>(i + 1 + end) / 2;
        for (; i < end; ++i)
            if (positive[order[i]] != 0) {
                ranks += rank;
                ++positives;
            }
    }
    const auto p = static_cast<double>(positives), n = static_cast<double>(std::ssize(scores) - positives);
    if (p == 0 || n == 0) return std::numeric_limits<double>::quiet_NaN();
    return (ranks - p * (p + 1) / 2) / (p * n);
}

}  // namespace tinsmith
