#include "api/export.hpp"

#include "api/export_c.hpp"
#include "base/nearest.hpp"

#include <array>

namespace tinsmith {

static constexpr std::array formats{
    ExportFormat{"c", "C99 without a runtime: NAME.c and headers, kernels and weights beside it", export_c},
};

std::span<const ExportFormat> export_formats() { return formats; }

Exported export_model(const ExportOptions& options) {
    std::vector<std::string> names;
    for (const ExportFormat& format : formats) {
        if (format.name == options.format) return format.run(options);
        names.emplace_back(format.name);
    }
    fail(Fault::input, "--format '{}': there is none of that name; the nearest are {}", options.format,
         nearest_names(options.format, names));
}

}  // namespace tinsmith
