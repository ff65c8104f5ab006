#include "delegate_report.hpp"

#include "terminal.hpp"

#include <fmt/format.h>

#include <map>

namespace tinsmith::cli {

using nlohmann::ordered_json;

namespace {

// Operators by name: how many are taken, and why the others are not.
struct Tally {
    int64_t count = 0, taken = 0;
    std::map<std::string, int64_t> reasons;
};

std::map<std::string, Tally> tallies(const Graph& graph, const DelegateReport& report) {
    std::map<std::string, Tally> out;
    for (const DelegateNode& n : report.nodes) {
        Tally& t = out[std::string(graph.nodes[n.node].op->name)];
        ++t.count;
        t.taken += n.taken ? 1 : 0;
        if (!n.taken) ++t.reasons[n.reason];
    }
    return out;
}

// Nodes at which the graph passes from one part to another.
std::vector<size_t> borders(const DelegateReport& report) {
    std::vector<size_t> out;
    for (size_t i = 1; i < report.nodes.size(); ++i)
        if (report.nodes[i].taken != report.nodes[i - 1].taken) out.push_back(i);
    return out;
}

double share_of_work(const DelegateReport& report) {
    return report.macs == 0 ? 0 : static_cast<double>(report.taken_macs) / static_cast<double>(report.macs);
}

}  // namespace

std::string delegate_text(const Graph& graph, const std::string& delegate) {
    const DelegateReport report = delegate_report(graph, delegate);
    std::vector<std::vector<std::string>> rows{{"operator", "count", "taken", "why not"}};
    for (const auto& [name, t] : tallies(graph, report)) {
        std::string why;
        for (const auto& [reason, count] : t.reasons) why += fmt::format("{}{} ({})", why.empty() ? "" : "; ", reason, count);
        rows.push_back({name, std::to_string(t.count), std::to_string(t.taken), why});
    }
    std::string out = table(rows);
    out += fmt::format("{} takes {} of {} operators ({:.1f} % of the multiply-accumulates), in {} of {} part{}\n", delegate,
                       report.taken, report.nodes.size(), 100 * share_of_work(report), report.delegated_parts, report.parts,
                       report.parts == 1 ? "" : "s");
    for (size_t i : borders(report)) {
        const Node& node = graph.nodes[report.nodes[i].node];
        out += fmt::format("  split before '{}' ({}), which {}\n", node.origin, node.op->name,
                           report.nodes[i].taken ? "is taken again" : "stays on the CPU: " + report.nodes[i].reason);
    }
    return out + fmt::format("table: {}\n", report.source);
}

ordered_json delegate_json(const Graph& graph, const std::string& delegate) {
    const DelegateReport report = delegate_report(graph, delegate);
    ordered_json nodes = ordered_json::array();
    for (const DelegateNode& n : report.nodes) {
        const Node& node = graph.nodes[n.node];
        ordered_json item{{"operator", node.op->name}, {"name", node.origin}, {"taken", n.taken}, {"part", n.part}};
        if (!n.taken) item["reason"] = n.reason;
        nodes.push_back(item);
    }
    return {{"delegate", delegate},
            {"taken", report.taken},
            {"operators", report.nodes.size()},
            {"parts", report.parts},
            {"delegated_parts", report.delegated_parts},
            {"share_of_macs", share_of_work(report)},
            {"source", report.source},
            {"nodes", nodes}};
}

}  // namespace tinsmith::cli
