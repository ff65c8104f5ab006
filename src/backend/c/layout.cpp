#include "backend/c/layout.hpp"

#include <cctype>
#include <vector>

namespace tinsmith::c99 {

namespace {

class Layout {
public:
    std::string run(std::string_view code) {
        for (const char c : code) put(c);
        while (!out_.empty() && out_.back() == '\n') out_.pop_back();
        return out_;
    }

private:
    void put(char c) {
        if (std::isspace(static_cast<unsigned char>(c))) {
            space_ = true;
            return;
        }
        if (c == '{') return open();
        if (c == '}') return close();
        // "} name;" ends a type, "} else" goes on.
        if (ended_block_ && c != ';' && !is_type_) line();
        ended_block_ = false;
        add(c);
        if (c == '(') ++parentheses_;
        if (c == ')') --parentheses_;
        if (c == ';' && parentheses_ == 0 && !in_list()) line();
    }

    void open() {
        const bool list = in_list() || last_ == '=' || last_ == '(' || last_ == ',';
        if (ended_block_ && !list) line();
        ended_block_ = false;
        is_type_ = !list && blocks_.empty() && last_ != ')';
        add('{');
        blocks_.push_back(list);
        if (!list) line();
    }

    void close() {
        const bool list = in_list();
        if (!blocks_.empty()) blocks_.pop_back();
        if (!list && !at_line_start_) line();
        if (list) space_ = false;
        add('}');
        ended_block_ = !list;
    }

    void add(char c) {
        if (at_line_start_)
            out_.append(4 * blocks_.size(), ' ');
        else if (space_)
            out_ += ' ';
        at_line_start_ = space_ = false;
        out_ += c;
        last_ = c;
    }

    void line() {
        if (!at_line_start_) out_ += '\n';
        at_line_start_ = true;
        space_ = false;
    }

    bool in_list() const { return !blocks_.empty() && blocks_.back(); }

    std::string out_;
    std::vector<bool> blocks_;  // true: an initialiser
    int parentheses_ = 0;
    bool at_line_start_ = true, space_ = false, ended_block_ = false, is_type_ = false;
    char last_ = 0;
};

}  // namespace

std::string laid_out(std::string_view code) { return Layout().run(code); }

}  // namespace tinsmith::c99
