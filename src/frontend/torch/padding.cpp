// Paddings: the last dimension's first, in front and behind.
#include "frontend/torch/operand.hpp"

#include <algorithm>

namespace tinsmith::torch::from_torch {

namespace {

// Where position i of a padded extent n reads, i counted from the first element.
int64_t source(int64_t i, int64_t n, const std::string& mode) {
    if (mode == "replicate") return std::clamp<int64_t>(i, 0, n - 1);
    const int64_t period = mode == "circular" ? n : std::max<int64_t>(2 * n - 2, 1), at = (i % period + period) % period;
    return mode == "circular" ? at : std::min(at, period - at);
}

ValueId read_through_list(NodeReader& r, ValueId x, size_t d, int64_t before, int64_t after, const std::string& mode) {
    const int64_t n = r.m.shape(x)[d];
    check(n > 0 && n + before + after >= 0, "padding {},{} of an extent {}", before, after, n);
    supported(n + before + after <= 1 << 24, "padding {},{} of an extent {}", before, after, n);
    Ints list;
    for (int64_t i = -before; i < n + after; ++i) list.push_back(source(i, n, mode));
    const int64_t count = std::ssize(list);
    return r.b.add(op::Gather, {x, integers(r.b, list, {count}, DType::i32)}, {{"axis", static_cast<int64_t>(d)}});
}

ValueId padded(NodeReader& r, const std::string& mode, double value) {
    ValueId x = r.tensor("self");
    const Shape s = r.m.shape(x);
    const Ints pads = r.integers(r.has("pad") ? "pad" : "padding");
    check(pads.size() % 2 == 0 && pads.size() / 2 <= s.size(), "{} paddings of {} dimensions", pads.size(), s.size());
    check(mode == "constant" || mode == "reflect" || mode == "replicate" || mode == "circular", "mode is '{}'", mode);
    Ints before(s.size(), 0), after(s.size(), 0);
    for (size_t i = 0; i < pads.size() / 2; ++i) {
        const size_t d = s.size() - 1 - i;
        constexpr int64_t limit = int64_t{1} << 30;
        check(std::abs(pads[2 * i]) < limit && std::abs(pads[2 * i + 1]) < limit && s[d] + pads[2 * i] + pads[2 * i + 1] >= 0,
              "padding {},{} of an extent {}", pads[2 * i], pads[2 * i + 1], s[d]);
        before[d] = pads[2 * i];
        after[d] = pads[2 * i + 1];
        if (mode == "reflect" && std::max(before[d], after[d]) < s[d] && std::min(before[d], after[d]) >= 0) continue;
        if (mode != "constant") {
            if (before[d] != 0 || after[d] != 0) x = read_through_list(r, x, d, before[d], after[d], mode);
            before[d] = after[d] = 0;
        } else {  // negative paddings crop
            const int64_t from = std::max<int64_t>(0, -before[d]), to = s[d] - std::max<int64_t>(0, -after[d]);
            check(from <= to, "padding {},{} crops more than an extent {}", before[d], after[d], s[d]);
            x = r.m.slice(x, static_cast<int64_t>(d), from, to);
            before[d] = std::max<int64_t>(0, before[d]);
            after[d] = std::max<int64_t>(0, after[d]);
        }
    }
    if (mode == "constant") return r.m.pad(x, before, after, value);
    const bool nothing = std::all_of(before.begin(), before.end(), [](int64_t n) { return n == 0; }) &&
                         std::all_of(after.begin(), after.end(), [](int64_t n) { return n == 0; });
    return nothing ? x : r.b.add(op::Pad, {x}, {{"before", before}, {"after", after}, {"mode", std::string("reflect")}});
}

}  // namespace

std::vector<ValueId> pad(NodeReader& r) { return {padded(r, r.text("mode", "constant"), r.real("value", 0))}; }
std::vector<ValueId> constant_pad(NodeReader& r) { return {padded(r, "constant", r.real("value", 0))}; }
std::vector<ValueId> reflection_pad(NodeReader& r) { return {padded(r, "reflect", 0)}; }
std::vector<ValueId> replication_pad(NodeReader& r) { return {padded(r, "replicate", 0)}; }

}  // namespace tinsmith::torch::from_torch
