// predict MODEL: what the C++ interface does in a few lines. Reads the numbers of one sample from standard input.
#include <tinsmith/model.hpp>

#include <algorithm>
#include <iostream>
#include <iterator>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: predict MODEL < numbers\n";
        return 2;
    }
    try {
        const auto model = tinsmith::Model::load(argv[1]);
        const std::vector<float> sample{std::istream_iterator<float>(std::cin), {}};
        const std::vector<float> scores = model.predict(sample);
        const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
        const auto& labels = model.labels();
        std::cout << (static_cast<size_t>(best) < labels.size() ? labels[static_cast<size_t>(best)] : std::to_string(best))
                  << ' ' << scores[static_cast<size_t>(best)] << '\n';
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
