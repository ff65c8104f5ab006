// The nodes of a model that cannot be converted, all of them reported at once.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tinsmith {

class Problems {
public:
    // `node`: how people find it. Nodes of one operator with one reason are listed once, with their number.
    void add(std::string_view op, std::string node, std::string why);
    bool empty() const { return all_.empty(); }
    // Whether it holds for the operator of any of them.
    bool any(const std::function<bool(const std::string& op)>& holds) const;
    std::string text() const;

private:
    struct Problem {
        std::string op, node, why;
        int others = 0;
    };
    std::vector<Problem> all_;
};

}  // namespace tinsmith
