/// How often a measured value fell below each of some bounds. Of fixed size, whatever is measured.
package struct Histogram: Sendable {
    /// Ascending. A value counts below the first bound that is not less than it.
    package let bounds: [Double]
    /// One for each bound, and one for what is above all of them. Not added up.
    package private(set) var counts: [UInt64]
    package private(set) var sum = 0.0

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = [UInt64](repeating: 0, count: bounds.count + 1)
    }

    package var count: UInt64 { counts.reduce(0, +) }

    package mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// From a tenth of a millisecond to ten seconds.
    package static let secondBounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
}
