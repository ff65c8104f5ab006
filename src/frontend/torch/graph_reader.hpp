// Reads the nodes of an exported program: names, writes in place, and what cannot be converted.
#pragma once

#include "format/torch/exported.hpp"
#include "frontend/compose/problems.hpp"
#include "frontend/read_options.hpp"
#include "frontend/torch/node_reader.hpp"

#include <map>

namespace tinsmith::torch {

class GraphReader {
public:
    GraphReader(const Exported& exported, Builder& builder, const ReadOptions& options);

    // Names of the program and what they stand for: inputs first.
    void define(const std::string& name, Operand value);
    // A parameter, buffer or constant, added when it is first read.
    void define_weight(const std::string& name, const Tensor& tensor, std::string source, std::string_view what);
    // A parameter of several tensors, "source.scale" and its like, which the program reads one by one.
    void define_parts(const std::string& name, std::string source) { parts_[name] = std::move(source); }
    void read_nodes();
    // Throws Fault::unsupported listing all that was collected.
    void report() const;
    const Operand& find(const std::string& name);
    // Whether the declared types are those of the graph: not where --shape replaced an extent.
    bool trust_declared = true;

private:
    struct Weight {
        const Tensor* tensor;
        std::string source;
    };
    void read_node(size_t index);
    bool read_number(const ProgramNode& node);
    bool read_part(const ProgramNode& node);
    std::vector<ValueId> convert(NodeReader& r, Convert converter);
    void define_outputs(const ProgramNode& node, const std::vector<ValueId>& values);
    std::optional<DType> dtype_of_name(const std::string& name) const;
    // writes.cpp
    void write_in_place(size_t index, const std::string& written, ValueId value);
    std::vector<std::string> stale_names(size_t index, const std::string& written) const;
    std::optional<ValueId> put_back(const std::string& name);
    std::optional<ValueId> viewed_again(const std::string& name);
    void bring_in(const ProgramNode& node);
    void check_declared(const ProgramNode& node, NodeReader& r, const std::vector<ValueId>& values) const;
    std::optional<Type> declared(const std::string& name) const;
    void add_problem(const ProgramNode& node, std::string why);
    std::vector<std::string> names_in(const ProgramNode& node) const;

    const Exported& exported_;
    Builder& b_;
    const ReadOptions& options_;
    Scope scope_;
    std::map<std::string, Weight> weights_;
    std::map<std::string, std::string> parts_;           // by name: where the tensors of a parameter that has several lie
    std::map<std::string, std::string> read_only_;       // names whose content the program must not write: "parameter 'w'"
    std::unordered_map<std::string, std::string> root_;  // whose memory a name shares
    std::unordered_map<std::string, size_t> last_use_;   // index of the last node that reads a name
    struct View {
        size_t node = 0;  // that made it
        std::string of;   // the name whose memory it looks at
    };
    std::unordered_map<std::string, View> view_;
    std::unordered_set<ValueId> real_scales_;  // see NodeReader
    bool reals_for_integers_ = false;          // the program has integers that are read as the real numbers they stand for
    Problems problems_;
};

std::string node_label(const ProgramNode& node);

}  // namespace tinsmith::torch
