import Foundation

/// Whether times depend on a secret, asked as dudect does (Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", 2017): inputs
/// of two classes, one of which is always the same secret and the other a new one each time, in an order that is drawn; then Welch's t
/// between the times of the two, over all and over what remains when the slowest are left out, which are the work of others.
struct WelchTest {
    let title: String
    let count: Int
    /// Prepares an input of the class and answers with what is to be timed. Preparing is not timed and the same for both classes.
    let prepare: (_ isFixed: Bool) -> () -> Void

    /// Above this there is a difference, as dudect has it.
    static let threshold = 4.5

    func run() -> String {
        for _ in 0..<count / 20 { prepare(Bool.random())() }
        var times: [(isFixed: Bool, time: Double)] = []
        times.reserveCapacity(count)
        for _ in 0..<count {
            let isFixed = Bool.random()
            let work = prepare(isFixed)
            let start = ContinuousClock.now
            work()
            times.append((isFixed, (ContinuousClock.now - start) / .nanoseconds(1)))
        }
        return line(times)
    }

    private func line(_ times: [(isFixed: Bool, time: Double)]) -> String {
        let sorted = times.map(\.time).sorted()
        let median = sorted[sorted.count / 2]
        var (all, largest) = (0.0, 0.0)
        for crop in 0...30 {
            // dudect's percentiles: close together where most times lie.
            let share = crop == 0 ? 1 : 1 - pow(0.5, 10 * Double(crop) / 30)
            let limit = sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
            var classes = (fixed: Moments(), random: Moments())
            for (isFixed, time) in times where time <= limit {
                if isFixed { classes.fixed.add(time) } else { classes.random.add(time) }
            }
            guard classes.fixed.count > 500, classes.random.count > 500 else { continue }
            let statistic = Moments.welch(classes.fixed, classes.random)
            if crop == 0 { all = statistic }
            if abs(statistic) > abs(largest) { largest = statistic }
        }
        let verdict = abs(largest) > Self.threshold ? "a difference" : "none seen"
        return String(format: "| %@ | %d | %.2f µs | %.2f | %.2f | %@ |", title, times.count, median / 1e3, all, largest, verdict)
    }

    /// Mean and variance, added up as Welford (1962) does.
    private struct Moments {
        var count = 0.0
        var mean = 0.0
        var squares = 0.0

        mutating func add(_ value: Double) {
            count += 1
            let difference = value - mean
            mean += difference / count
            squares += difference * (value - mean)
        }

        static func welch(_ a: Moments, _ b: Moments) -> Double {
            let variance = a.squares / (a.count - 1) / a.count + b.squares / (b.count - 1) / b.count
            return variance > 0 ? (a.mean - b.mean) / variance.squareRoot() : 0
        }
    }
}
