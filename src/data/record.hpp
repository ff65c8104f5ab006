// What the `.json` beside a written model says about its data (the object under "data"): a later run needs to be told nothing again.
#pragma once

#include "data/samples.hpp"

namespace tinsmith {

struct DataRecord {
    Preprocess preprocess;
    std::vector<std::string> classes;                                       // names by index; empty: not known
    std::vector<std::string> channels_last;                                 // ports that the source has channels-first
    std::vector<std::pair<std::string, std::pair<double, double>>> ranges;  // observed: input, smallest, largest

    bool operator==(const DataRecord&) const = default;
};

nlohmann::ordered_json to_json(const DataRecord& record);
// Throws Fault::input naming the key that is not understood.
DataRecord data_record_from_json(const nlohmann::ordered_json& json);

// Of the `.json` beside a model; an empty record when there is none. Throws Fault::input naming a file that is damaged.
DataRecord recorded_beside(const std::string& model_path);

// What was not stated is as the `.json` beside the model says; `graph` is that model as it was read: note_layouts().
void add_recorded(DataOptions& options, Graph& graph, const std::string& model_path);

// A sentence where the normalisation that was stated is not the one in the `.json` beside the model; else empty.
std::string contradiction(const Preprocess& stated, const std::string& model_path);

// Ports whose note says that they are channels-last, unlike the source's.
std::vector<std::string> channels_last_ports(const Graph& graph);
// Gives those ports that note again, after a file was read back: arrays in the source's layout are then turned for it.
void note_layouts(Graph& graph, const DataRecord& record);

}  // namespace tinsmith
