// Small .pt2 files built in memory: a program as JSON, and tensors by name.
#pragma once

#include "temporary.hpp"

#include <string>
#include <vector>

namespace tinsmith {

struct TorchFile {
    struct Weight {
        std::string name;            // in the module; in the program "p_" and the name with dots as underscores
        std::vector<int64_t> shape;  // elements 0.1, 0.2, ...
    };
    std::vector<Weight> weights;
    std::vector<std::string> nodes;  // JSON; see node()
    std::vector<std::pair<std::string, std::string>> inputs{
        {"x", "2x3"}};                      // names and shapes: a number or a symbol for each extent
    std::vector<std::string> outputs{"y"};  // names of tensors
    std::vector<std::pair<std::string, std::string>> tensors{{"y", "2x2"}};  // declared shapes of results
    std::string version = R"({"major": 8, "minor": 20})";
    std::string more_outputs;                                  // JSON of further output specs, each after a comma
    std::string out_spec;                                      // pytree; empty: none
    std::vector<std::pair<std::string, std::string>> entries;  // further entries of the archive
    std::string replaced_program;                              // not empty: what stands in the place of program()
    bool compressed = false;
    size_t missing_bytes = 0;  // that each weight's entry is too short

    std::string program() const;
    std::string config() const;
    std::string save(const TemporaryFolder& folder, const std::string& name) const;  // its path
};

// A node with arguments as JSON: node("linear", "aten.linear.default", {{"input", tensor("x")}}, "y").
std::string node(const std::string& name, const std::string& target,
                 const std::vector<std::pair<std::string, std::string>>& arguments, const std::string& output);
std::string tensor(const std::string& name);
std::string integer(int64_t value);
std::string integers(const std::string& list);

// y = x w^T + b of x [2, 3], w [2, 3], b [2].
TorchFile small_linear();

}  // namespace tinsmith
