// The picture of a memory plan.
#include "report/memory.hpp"

#include "ir/op_def.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tinsmith {

namespace {

enum class Kind { input, output, state, activation, tile, scratch };

struct Look {
    std::string_view name, fill;
};

// Colours that differ in lightness too, so that they survive grey prints and most colour blindness.
constexpr Look looks[]{{"input", "#4e79a7"},      {"output", "#f28e2b"}, {"state", "#b07aa1"},
                       {"activation", "#76b7b2"}, {"tile", "#edc948"},   {"scratch", "#bab0ac"}};

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else if (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f)
            out += c;
        else
            out += '?';
    }
    return out;
}

// The end of a name says most: "…/block_2/expand".
std::string shortened(const std::string& text, size_t most) {
    return text.size() <= most ? text : ".." + text.substr(text.size() - (most - std::min<size_t>(most, 2)));
}

class Picture {
public:
    Picture(const Graph& graph, const MemoryPlan& plan) : graph_(graph), plan_(plan) {
        steps_ = plan.order.size() + 2;
        column_ = std::clamp(1200.0 / static_cast<double>(steps_), 14.0, 80.0);
        size_t all = 0;
        for (const MemoryUse& memory : plan.memories) all += memory.bytes;
        scale_ = all == 0 ? 0 : plot_height / static_cast<double>(all);
        double top = margin_top + plot_height + gap * static_cast<double>(plan.memories.size() - 1);
        height_ = top + labels_height;
        for (const MemoryUse& memory : plan.memories) {
            bottoms_.push_back(top);
            top -= static_cast<double>(memory.bytes) * scale_ + gap;
        }
    }

    std::string draw() {
        const double width = margin_left + column_ * static_cast<double>(steps_) + 20;
        out_ = fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
            "font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
            std::max(width, 560.0), height_);
        add("<text x=\"{}\" y=\"20\" font-size=\"14\">{}: {} bytes planned, lower bound {}</text>\n", margin_left,
            escaped(graph_.name.empty() ? "memory plan" : graph_.name), plan_.arena_bytes(), plan_.lower_bound);
        legend();
        stages();
        axes();
        values();
        out_ += "</svg>\n";
        return std::move(out_);
    }

private:
    static constexpr double margin_left = 80, margin_top = 76, plot_height = 480, gap = 24, labels_height = 205;

    template <class... Args>
    void add(fmt::format_string<Args...> text, Args&&... args) {
        out_ += fmt::format(text, std::forward<Args>(args)...);
    }
    double x(double step) const { return margin_left + column_ * step; }

    void legend() {
        double at = margin_left;
        for (const Look& look : looks) {
            add("<rect x=\"{}\" y=\"32\" width=\"12\" height=\"12\" fill=\"{}\" stroke=\"#333\"/><text x=\"{}\" "
                "y=\"42\">{}</text>\n",
                at, look.fill, at + 16, look.name);
            at += 30 + 7.0 * static_cast<double>(look.name.size());
        }
    }

    void stages() {
        for (const PlannedStage& stage : plan_.stages) {
            const double left = x(static_cast<double>(stage.first + 1));
            add("<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"#fff6d5\"/><text x=\"{:.1f}\" "
                "y=\"{}\">in {} "
                "tiles</text>\n",
                left, margin_top - 4, column_ * static_cast<double>(stage.end - stage.first), bottoms_[0] - margin_top + 4,
                left + 3, margin_top - 6, stage.tiles.size());
        }
    }

    void axes() {
        for (size_t m = 0; m < plan_.memories.size(); ++m) {
            const size_t bytes = plan_.memories[m].bytes;
            add("<line x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2:.1f}\" y2=\"{1:.1f}\" stroke=\"#333\"/>\n", margin_left, bottoms_[m],
                x(static_cast<double>(steps_)));
            for (int tick = 0; tick <= 4 && bytes != 0; ++tick) {
                const size_t value = bytes * static_cast<size_t>(tick) / 4;
                const double y = bottoms_[m] - static_cast<double>(value) * scale_;
                add("<line x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2:.1f}\" y2=\"{1:.1f}\" stroke=\"#ddd\"/><text x=\"{3}\" "
                    "y=\"{4:.1f}\" "
                    "text-anchor=\"end\">{5}</text>\n",
                    margin_left, y, x(static_cast<double>(steps_)), margin_left - 6, y + 4, value);
            }
            if (plan_.memories.size() > 1)
                add("<text x=\"6\" y=\"{:.1f}\" font-weight=\"bold\">{}</text>\n", bottoms_[m] + 14,
                    escaped(plan_.memories[m].name));
        }
        for (size_t step = 0; step < steps_; ++step) {
            const double at = x(static_cast<double>(step) + 0.5);
            add("<text x=\"{0:.1f}\" y=\"{1:.1f}\" text-anchor=\"end\" transform=\"rotate(-60 {0:.1f} {1:.1f})\">{2}</text>\n",
                at + 4, bottoms_[0] + 14, escaped(step_label(step)));
        }
    }

    std::string step_label(size_t step) const {
        if (step == 0) return "inputs";
        if (step + 1 == steps_) return "outputs";
        const Node& node = graph_.nodes[plan_.order[step - 1]];
        return fmt::format("{} {} {}", step, node.op->name, shortened(node_label(graph_, node), 14));
    }

    void values() {
        for (ValueId id = 0; id < plan_.values.size(); ++id) {
            const PlannedValue& value = plan_.values[id];
            if (value.memory != no_memory && value.alias_of == no_value) block(value, kind_of(id), graph_.value(id).name);
        }
        for (uint32_t i = 0; i < plan_.scratch.size(); ++i)
            if (plan_.scratch[i].memory != no_memory)
                block(plan_.scratch[i], Kind::scratch, "scratch of " + node_label(graph_, graph_.nodes[i]));
    }

    void block(const PlannedBytes& p, Kind kind, const std::string& name) {
        const double left = x(p.first), width = column_ * static_cast<double>(p.last - p.first + 1);
        const double height = static_cast<double>(p.bytes) * scale_;
        const double top = bottoms_[p.memory] - static_cast<double>(p.offset) * scale_ - height;
        add("<g><title>{}: {} bytes at {}, steps {} to {}</title><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
            "height=\"{:.1f}\" "
            "fill=\"{}\" fill-opacity=\"0.8\" stroke=\"#333\" stroke-width=\"0.7\"/>",
            escaped(name), p.bytes, p.offset, p.first, p.last, left, top, width, height, looks[static_cast<size_t>(kind)].fill);
        const auto letters = static_cast<size_t>((width - 6) / 6.2);
        if (height >= 13 && letters >= 4)
            add("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", left + 3, top + height / 2 + 4, escaped(shortened(name, letters)));
        if (height >= 28 && letters >= 6)
            add("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"#444\" font-size=\"10\">{} B</text>", left + 3, top + height / 2 + 16,
                p.bytes);
        out_ += "</g>\n";
    }

    Kind kind_of(ValueId id) const {
        const auto among = [&](const std::vector<Port>& ports) {
            return std::any_of(ports.begin(), ports.end(), [&](const Port& port) {
                const ValueId root = plan_.values[port.value].alias_of;
                return port.value == id || root == id;
            });
        };
        for (const State& state : graph_.states)
            if (state.value == id || state.next == id) return Kind::state;
        if (among(graph_.inputs)) return Kind::input;
        if (among(graph_.outputs)) return Kind::output;
        return plan_.values[id].bytes < graph_.type(id).bytes() ? Kind::tile : Kind::activation;
    }

    const Graph& graph_;
    const MemoryPlan& plan_;
    size_t steps_ = 0;
    double column_ = 0, scale_ = 0, height_ = 0;
    std::vector<double> bottoms_;  // by memory
    std::string out_;
};

}  // namespace

std::string memory_svg(const Graph& graph, const MemoryPlan& plan) { return Picture(graph, plan).draw(); }

}  // namespace tinsmith
