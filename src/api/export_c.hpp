// export --format c.
#pragma once

#include "api/export.hpp"

namespace tinsmith {

Exported export_c(const ExportOptions& options);

// What the command's `output` and `name` mean for one model or several: the identifier that everything starts with. Throws Fault::input
// when a stated name is no identifier.
std::string export_name(const ExportOptions& options);

// A model as the device computes it: converted, proven and read back. `method` becomes what it was converted to.
Graph device_graph(const ExportOptions& options, const std::string& model, std::string& method,
                   std::vector<std::string>& notes);

}  // namespace tinsmith
