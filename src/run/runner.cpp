#include "run/runner.hpp"

namespace tinsmith {

namespace {

class SessionRunner final : public Runner {
public:
    SessionRunner(Graph graph, const SessionOptions& options) : session_(std::move(graph), options) {}
    const Graph& graph() const override { return session_.graph(); }
    std::vector<Buffer> run(std::span<const Buffer> inputs) const override { return session_.run(inputs); }

private:
    Session session_;
};

}  // namespace

std::unique_ptr<Runner> session_runner(Graph graph, const SessionOptions& options) {
    return std::make_unique<SessionRunner>(std::move(graph), options);
}

}  // namespace tinsmith
