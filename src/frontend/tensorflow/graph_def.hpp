// The reader of frozen graphs after the file is mapped.
#pragma once

#include "format/tensorflow/model.hpp"
#include "frontend/read_options.hpp"

namespace tinsmith::tensorflow {

// Throws Error: Fault::input where the graph contradicts itself or lacks something, Fault::unsupported listing every node that cannot be
// converted.
ReadResult read_graph(const Buffer& file, const ReadOptions& options);

}  // namespace tinsmith::tensorflow
