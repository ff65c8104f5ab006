// Work on independent items by several threads, with results taken in order: the same outcome on any thread count.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace tinsmith {

// Computes produce(i) for every i < count on `threads` threads and calls consume(i, result) on the calling thread in order of
// i. At most 2 * threads results wait to be consumed. The exception of the lowest i that failed leaves, after all threads
// stopped.
template <class Produce, class Consume>
void ordered_parallel(size_t count, int threads, Produce produce, Consume consume) {
    const size_t workers = std::min(count, static_cast<size_t>(std::max(threads, 1)));
    if (workers <= 1) {
        for (size_t i = 0; i < count; ++i) consume(i, produce(i));
        return;
    }
    using Result = decltype(produce(size_t{}));
    struct Slot {
        std::optional<Result> result;
        std::exception_ptr error;
    };
    std::mutex mutex;
    std::condition_variable changed;
    std::map<size_t, Slot> done;
    size_t next = 0, consumed = 0;
    bool stop = false;

    auto work = [&] {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return stop || next >= count || next < consumed + 2 * workers; });
            if (stop || next >= count) return;
            const size_t i = next++;
            lock.unlock();
            Slot slot;
            try {
                slot.result.emplace(produce(i));
            } catch (...) {
                slot.error = std::current_exception();
            }
            lock.lock();
            done.emplace(i, std::move(slot));
            changed.notify_all();
        }
    };
    std::vector<std::jthread> pool;
    auto finish = [&] {
        std::unique_lock lock(mutex);
        stop = true;
        changed.notify_all();
    };
    try {
        for (size_t t = 0; t < workers; ++t) pool.emplace_back(work);
        for (size_t i = 0; i < count; ++i) {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return done.contains(i); });
            Slot slot = std::move(done.at(i));
            done.erase(i);
            lock.unlock();
            if (slot.error) std::rethrow_exception(slot.error);
            consume(i, std::move(*slot.result));
            lock.lock();
            consumed = i + 1;
            changed.notify_all();
        }
    } catch (...) {
        finish();
        throw;
    }
}

}  // namespace tinsmith
