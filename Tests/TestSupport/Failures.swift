/// Collects what went wrong over many cases, so that one test can run thousands and still show where it failed.
package struct Failures: CustomStringConvertible {
    package private(set) var all: [String] = []
    package private(set) var caseCount = 0

    package init() {}

    package mutating func check(_ isRight: Bool, _ description: @autoclosure () -> String) {
        caseCount += 1
        if !isRight { all.append(description()) }
    }

    package var isEmpty: Bool { all.isEmpty }

    package var description: String {
        "\(all.count) of \(caseCount) cases, first: \(all.prefix(5).joined(separator: "; "))"
    }
}
