import Synchronization

/// How often a measured value was how large, since this process began.
///
/// Recording costs a search among some fifteen bounds and a lock that is hardly ever contended: one
/// thread records, and readers come every few seconds.
package final class Histogram: Sendable {
    /// The counts as of one moment.
    package struct Reading: Equatable, Sendable {
        /// Ascending.
        package var bounds: [Double]
        /// How many values were at most as large as each bound and larger than the one before; the
        /// last count is that of values above all bounds.
        package var counts: [Int]
        package var sum: Double
    }

    private let state: Mutex<Reading>

    /// - Parameter bounds: ascending, in the unit of the values.
    package init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds ascend")
        state = Mutex(
            Reading(bounds: bounds, counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
    }

    /// Counts one value; one that equals a bound is within it.
    package func record(_ value: Double) {
        state.withLock { state in
            var index = 0
            while index < state.bounds.count, value > state.bounds[index] { index += 1 }
            state.counts[index] += 1
            state.sum += value
        }
    }

    /// As it is now.
    package var reading: Reading { state.withLock { $0 } }
}

extension Histogram {
    /// From 1 ms, which a house never feels, to 10 s, when people call; below it the range of a
    /// disk that is well, 100 us to 1 ms.
    package static let latencySeconds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
        5, 10,
    ]
    /// A second to half a day, the longest that anybody may wait.
    package static let waitSeconds: [Double] = [
        1, 5, 15, 60, 300, 900, 1_800, 3_600, 14_400, 43_200,
    ]
    /// Up to the most commands of one batch.
    package static let batchCounts: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
}
