#include "convert_report.hpp"

#include "agreement_report.hpp"
#include "api/measured_advice.hpp"
#include "api/record.hpp"
#include "base/json.hpp"
#include "base/sizes.hpp"
#include "terminal.hpp"
#include "timing_report.hpp"

namespace tinsmith::cli {

namespace {

using nlohmann::ordered_json;

int64_t operator_count(const Variant& variant) {
    int64_t count = 0;
    for (const auto& [name, n] : variant.operators) count += n;
    return count;
}

// Share of `whole` that is saved.
double reduction(uint64_t bytes, uint64_t whole) {
    return whole == 0 ? 0 : 1 - static_cast<double>(bytes) / static_cast<double>(whole);
}

// "74.9 %, 4.0x": how much smaller than `whole`.
std::string smaller(uint64_t bytes, uint64_t whole) {
    if (whole == 0 || bytes == 0) return "-";
    const double part = static_cast<double>(bytes) / static_cast<double>(whole);
    return fmt::format("{:.1f} %, {:.2f}x", 100 * (1 - part), 1 / part);
}

std::vector<std::string> headings(const ConvertOptions& options) {
    std::vector<std::string> out{"method", "size"};
    if (options.all) out.insert(out.end(), {"smaller than source", "than 4 bytes a parameter"});
    out.emplace_back("operators");
    if (options.verify != Verify::off) out.insert(out.end(), {"max error", "SQNR"});
    if (options.all && options.verify != Verify::off) out.insert(out.end(), {"agreement", "ms here"});
    out.emplace_back("file");
    return out;
}

std::vector<std::string> row(const Variant& v, const Conversion& conversion, const ConvertOptions& options) {
    std::vector<std::string> out{std::string(method_name(v.method))};
    if (!v.refusal.empty()) {
        out.push_back(styled(Style::warn, "not written"));
        return out;
    }
    out.push_back(human_bytes(v.bytes));
    if (options.all)
        out.insert(out.end(), {smaller(v.bytes, conversion.source_bytes),
                               smaller(v.bytes, 4 * static_cast<uint64_t>(conversion.parameters))});
    out.push_back(std::to_string(operator_count(v)));
    if (options.verify != Verify::off && v.agreement) {
        out.push_back(relative_text(v.agreement->relative()));
        out.push_back(decibels(v.agreement->sqnr()));
        if (options.all) {
            const auto share = kept(v);
            out.push_back(share ? fmt::format("{:.2f} %", 100 * *share) : "-");
            out.push_back(v.latency ? ms_text(v.latency->median_ms) : "-");
        }
    } else if (options.verify != Verify::off) {
        out.insert(out.end(), options.all ? 4 : 2, "-");
    }
    out.push_back(v.path);
    return out;
}

// Top-1 agreement with the source on the user's samples.
std::string verdict(const Variant& v, double threshold) {
    double top1 = v.agreement->top1();
    std::string word = top1 >= threshold ? styled(Style::good, "Validation PASSED") : styled(Style::warn, "Validation WARNING");
    return fmt::format("{}: {}: top-1 agreement {:.2f} % on {} samples (threshold {:.0f} %)\n", method_name(v.method), word,
                       100 * top1, v.agreement->samples, 100 * threshold);
}

ordered_json ports_json(const std::vector<Port>& ports) {
    ordered_json out = ordered_json::array();
    for (const Port& port : ports) {
        ordered_json item{{"name", port.name}};
        if (!port.note.empty()) item["note"] = port.note;
        out.push_back(item);
    }
    return out;
}

}  // namespace

std::string conversion_text(const Conversion& conversion, const ConvertOptions& options, double threshold) {
    std::string out = fmt::format("{} ({}, {})\n", styled(Style::bold, options.model), conversion.format,
                                  human_bytes(conversion.source_bytes));
    for (const std::string& note : conversion.notes) out += "  " + note + "\n";
    std::vector<std::vector<std::string>> rows{headings(options)};
    for (const Variant& v : conversion.variants) rows.push_back(row(v, conversion, options));
    out += "\n" + table(rows);
    if (!options.data.path.empty())
        for (const Variant& v : conversion.variants)
            if (v.agreement && v.agreement->ranked()) out += verdict(v, threshold);
    for (const Variant& v : conversion.variants) {
        if (!v.refusal.empty()) out += fmt::format("{}: {}\n", method_name(v.method), v.refusal);
        for (const std::string& note : v.notes) out += fmt::format("{}: {}\n", method_name(v.method), note);
    }
    if (!conversion.variants.empty())
        for (const auto* ports : {&conversion.variants[0].inputs, &conversion.variants[0].outputs})
            for (const Port& port : *ports)
                if (!port.note.empty())
                    out += fmt::format("{} '{}': {}\n", ports == &conversion.variants[0].inputs ? "input" : "output", port.name,
                                       port.note);
    if (!conversion.labels.empty()) out += fmt::format("names of the classes: {}\n", conversion.labels);
    if (options.all)
        for (const std::string& line : measured_advice(conversion, threshold)) out += line + "\n";
    return out;
}

std::string conversion_json(const Conversion& conversion, const ConvertOptions& options, double threshold) {
    ordered_json variants = ordered_json::array();
    for (const Variant& v : conversion.variants) {
        ordered_json item{{"method", method_name(v.method)}};
        if (!v.refusal.empty()) {
            item["refusal"] = v.refusal;
            variants.push_back(item);
            continue;
        }
        ordered_json operators;
        for (const auto& [name, count] : v.operators) operators[name] = count;
        item.update({{"path", v.path},
                     {"bytes", v.bytes},
                     {"operators", operator_count(v)},
                     {"histogram", operators},
                     {"seconds", v.seconds}});
        item["inputs"] = ports_json(v.inputs);
        item["outputs"] = ports_json(v.outputs);
        item["record"] = record_path(v.path);
        item["size_reduction"] = reduction(v.bytes, conversion.source_bytes);
        item["size_reduction_of_floats"] = reduction(v.bytes, 4 * static_cast<uint64_t>(conversion.parameters));
        if (v.latency) item["latency"] = timing_json(*v.latency);
        item["notes"] = v.notes;
        if (v.agreement) item["agreement"] = agreement_json(*v.agreement);
        if (v.agreement && v.agreement->ranked() && !options.data.path.empty())
            item["validation"] = v.agreement->top1() >= threshold ? "PASSED" : "WARNING";
        variants.push_back(item);
    }
    ordered_json out{{"model", options.model},
                     {"format", conversion.format},
                     {"model_size_bytes", conversion.source_bytes},
                     {"parameters", conversion.parameters},
                     {"notes", conversion.notes},
                     {"variants", variants}};
    if (!conversion.labels.empty()) out["labels"] = conversion.labels;
    if (options.all) out["advice"] = measured_advice(conversion, threshold);
    return json_text(out, 2);
}

}  // namespace tinsmith::cli
