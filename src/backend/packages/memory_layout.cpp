#include "backend/packages/memory_layout.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/packages/templates.hpp"
#include "base/error.hpp"
#include "base/sizes.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace tinsmith::packages {

namespace {

constexpr const char* flash = "flash";

std::string macro_of(const std::string& region) { return c99::upper_case(c99::identifier_of(region, "memory")); }

void put(MemoryItem& item, MemoryRegion& region) {
    item.region = region.name;
    region.used += item.bytes;
    if (item.bytes > 0) region.holds.push_back(item.says);
}

std::string declaration(const MemoryItem& item, const std::string& fastest) {
    std::string out;
    if (item.region == fastest && item.bytes > 0)
        out = fmt::format("{} {}{};", item.element, item.member, item.extents);
    else {
        // A row's extents stay with the type: projection_matrix[d][k] reads as in an array.
        const size_t second = item.extents.find('[', 1);
        const std::string rows = second == std::string::npos ? "" : item.extents.substr(second);
        const std::string_view constant = item.constant ? "const " : "";
        out = rows.empty() ? fmt::format("{}{}* {};", constant, item.element, item.member)
                           : fmt::format("{}{} (*{}){};", constant, item.element, item.member, rows);
    }
    const std::string where = item.bytes == 0 ? item.points_to
                              : item.points_to.empty()
                                  ? fmt::format("{}: {} bytes", item.region, item.bytes)
                                  : fmt::format("{}: {}, {} bytes", item.region, item.points_to, item.bytes);
    return fmt::format("    {:<52} /* {} */\n", out, where);
}

}  // namespace

const MemoryItem* MemoryLayout::item(std::string_view member) const {
    const auto found = std::find_if(items.begin(), items.end(), [&](const MemoryItem& i) { return i.member == member; });
    return found == items.end() ? nullptr : &*found;
}

MemoryLayout lay_out(std::vector<MemoryItem> items, const Target& target) {
    MemoryLayout out;
    for (const TargetMemory& memory : target.memories) out.regions.push_back({memory.name, memory.bytes, 0, {}});
    out.regions.push_back({flash, target.flash_bytes, 0, {}});
    std::vector<std::string> missing;
    for (MemoryItem& item : items) {
        if (item.constant) {
            put(item, out.regions.back());
            continue;
        }
        const auto room = std::find_if(out.regions.begin(), out.regions.end() - 1,
                                       [&](const MemoryRegion& r) { return r.used + item.bytes <= r.budget; });
        if (room != out.regions.end() - 1) {
            put(item, *room);
            continue;
        }
        uint64_t most = 0;
        for (auto region = out.regions.begin(); region != out.regions.end() - 1; ++region)
            most = std::max(most, region->budget - region->used);
        missing.push_back(fmt::format("{} takes {} bytes of RAM, {} more than the {} that are free", item.says, item.bytes,
                                      item.bytes - most, most));
    }
    const MemoryRegion& last = out.regions.back();
    if (last.used > last.budget)
        missing.push_back(fmt::format("{} bytes of constants are {} more than the {} of flash", last.used,
                                      last.used - last.budget, last.budget));
    if (!missing.empty())
        fail(Fault::target, "it does not fit {}: {}; `tinsmith fit` says what would help", target.title,
             fmt::join(missing, "; "));
    out.items = std::move(items);
    return out;
}

std::string memory_report(const MemoryLayout& layout, const Target& target) {
    std::string out = fmt::format("# Memory on {}\n", target.title);
    for (const MemoryRegion& region : layout.regions) {
        out += fmt::format("\n## {}\n\n| What | Bytes |\n|---|---:|\n", region.name);
        for (const MemoryItem& item : layout.items)
            if (item.region == region.name && item.bytes > 0) out += fmt::format("| {} | {} |\n", item.says, item.bytes);
        out += fmt::format("| **Total** | **{}** ({}) |\n| Budget | {} ({}) |\n| Free | {} ({:.1f} %) |\n", region.used,
                           kilobytes(region.used), region.budget, kilobytes(region.budget), region.budget - region.used,
                           region.budget == 0
                               ? 0
                               : 100 * static_cast<double>(region.budget - region.used) / static_cast<double>(region.budget));
    }
    return out +
           "\nThe firmware's own code, its libraries and what their drivers keep come on top. Budgets: `tinsmith fit "
           "--list`.\n";
}

std::string memory_header(const MemoryLayout& layout, const Target& target, const std::string& made_by) {
    Values values{{"made_by", made_by}, {"title", target.title}};
    const std::string& fastest = layout.regions.front().name;
    for (const MemoryItem& item : layout.items)
        if (!item.member.empty()) values["members"] += declaration(item, fastest);
    for (const MemoryRegion& region : layout.regions) {
        const std::string macro = macro_of(region.name);
        values["totals"] += fmt::format(" * {}: {}{} of {} ({})\n", region.name, region.used,
                                        region.holds.empty() ? "" : fmt::format(" ({})", fmt::join(region.holds, ", ")),
                                        region.budget, kilobytes(region.budget));
        values["macros"] +=
            fmt::format("#define MODEL_{0}_BYTES {1}ul\n#define TARGET_{0}_BYTES {2}ul\n", macro, region.used, region.budget);
        values["assertions"] += fmt::format("MODEL_MEMORY_ASSERT(fits_{}, MODEL_{}_BYTES <= TARGET_{}_BYTES);\n",
                                            c99::identifier_of(region.name, "memory"), macro, macro);
    }
    values["fastest"] = macro_of(fastest);
    return filled("model_memory", values);
}

}  // namespace tinsmith::packages
