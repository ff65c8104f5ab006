#include "frontend/compose/problems.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tinsmith {

void Problems::add(std::string_view op, std::string node, std::string why) {
    for (Problem& problem : all_)
        if (problem.op == op && problem.why == why) {
            ++problem.others;
            return;
        }
    all_.push_back({std::string(op), std::move(node), std::move(why)});
}

bool Problems::any(const std::function<bool(const std::string& op)>& holds) const {
    return std::any_of(all_.begin(), all_.end(), [&](const Problem& problem) { return holds(problem.op); });
}

std::string Problems::text() const {
    std::string out = all_.size() == 1 ? "a node cannot be converted:" : "nodes cannot be converted:";
    for (const Problem& problem : all_) {
        out += "\n  " + problem.node;
        if (problem.others > 0) out += fmt::format(" and {} more", problem.others);
        out += ": " + problem.why;
    }
    return out;
}

}  // namespace tinsmith
