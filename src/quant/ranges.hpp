// Ranges: between which numbers every float tensor of a graph moves, as calibration saw it. Plain data; in a file by tensor name.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

struct Range {
    float min = 0, max = 0;
    bool operator==(const Range&) const = default;
};

// One tensor over all samples.
struct Observation {
    Range range;                 // what stored integers should span: the method's choice: within `seen`, or beyond
    Range seen;                  // the smallest and the largest number that occurred
    double outside = 0;          // share of the numbers that `range` leaves out
    int64_t count = 0;           // numbers seen; 0: the range was given by hand
    std::optional<Range> state;  // output of an LSTM: its cell state
    bool operator==(const Observation&) const = default;
};

struct Ranges {
    std::vector<std::optional<Observation>> tensors;  // by ValueId; nothing for constants and for what is not float
    int64_t samples = 0;
    std::string method;   // how ranges were chosen, e.g. "minmax"
    bool random = false;  // from seeded noise, not from data

    // Null where the tensor was not observed.
    const Observation* of(ValueId id) const { return id < tensors.size() && tensors[id] ? &*tensors[id] : nullptr; }
    bool operator==(const Ranges&) const = default;
};

// A name for every value that no other has: its own, with "#2", "#3" where that was taken. Equal for equal graphs.
std::vector<std::string> unique_names(const Graph& graph);

// As JSON, tensors by unique name; the same text for the same ranges, and ranges_of(to_json(r)) == r.
std::string to_json(const Graph& graph, const Ranges& ranges);
// SHA-256 of that text.
std::string digest(const Graph& graph, const Ranges& ranges);

struct RangesFile {
    Ranges ranges;
    std::vector<std::string> notes;  // tensors of the graph that the file lacks, and the other way round
};
// Throws Fault::input saying what is wrong with the text, or that it has no tensor of the graph.
RangesFile ranges_of(const Graph& graph, std::string_view json);
RangesFile load_ranges(const Graph& graph, const std::string& path);
void save_ranges(const Graph& graph, const Ranges& ranges, const std::string& path);

}  // namespace tinsmith
