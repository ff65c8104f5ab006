// Variables of a model: named memory that outlives a run. In the graph they are states.
#pragma once

#include "frontend/tflite/operator_reader.hpp"

#include <map>

namespace tinsmith::tflite {

// A constant that a sub-graph assigns before the first run.
struct Initial {
    std::string variable;
    Type type;
    tinsmith::Buffer data;
};

class Variables {
public:
    // Which variable a VAR_HANDLE means.
    static std::string name_of(const Operator& handle);

    void initialise(Initial initial);
    // The value that the variable has now, as a value of type `as`.
    ValueId read(Builder& b, const std::string& variable, const Type& as);
    void assign(const std::string& variable, ValueId value) { now_[variable] = value; }
    // What the last run left is what the next one finds.
    void finish(Graph& graph) const;

private:
    std::map<std::string, Initial> initial_;
    std::map<std::string, ValueId> now_;
};

}  // namespace tinsmith::tflite
