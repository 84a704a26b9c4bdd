/// SplitMix64: small, fast, and the same numbers on every machine, so that a seed tells all.
package struct Random: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 to `bound` - 1; `bound` is at least 1.
    package mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number of the range, its ends included.
    package mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// True so many times in a hundred.
    package mutating func chance(percent: Int) -> Bool { below(100) < percent }

    /// True once in so many times; never for 0.
    package mutating func once(in times: Int) -> Bool { times > 0 && below(times) == 0 }

    /// One of the elements, of which there is at least one.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// The elements in any order.
    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for index in elements.indices.dropLast() {
            elements.swapAt(index, index + below(elements.count - index))
        }
        return elements
    }

    /// An index of `weights`, each as often as its weight says; their sum is at least 1.
    mutating func weighted(_ weights: [Int], sum: Int) -> Int {
        var left = below(sum)
        for (index, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return index }
        }
        return weights.count - 1
    }
}

/// What a run did, in one number: two runs that differ in any answer or any byte on disk differ
/// here.
package struct TraceHash: Equatable, Sendable {
    package private(set) var value: UInt64 = 0x2545_F491_4F6C_DD1D

    mutating func mix(_ number: UInt64) {
        value = (value ^ number) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 29
    }

    mutating func mix(_ number: Int64) { mix(UInt64(bitPattern: number)) }
}
