import Foundation

/// A terminal session as documentation shows it: what is typed behind `$ `, what is then to be seen, `…` for anything.
struct Transcript {
    struct Step: Sendable, CustomStringConvertible {
        let command: String
        var expected: [String] = []

        var description: String { command }

        /// Whether what was seen is what is shown. A line that is only `…` stands for any number of lines.
        func matches(_ seen: String) -> Bool {
            let pattern = expected.map { $0 == "…" ? "(.*\n)*?" : Self.pattern($0) + "\n" }.joined()
            return (try? Regex(pattern).wholeMatch(in: seen)) != nil
        }

        private static func pattern(_ line: String) -> String {
            line.components(separatedBy: "…").map(NSRegularExpression.escapedPattern).joined(separator: ".*")
        }
    }

    private(set) var steps: [Step] = []

    /// The code block of a Markdown file that holds `marker`.
    init(_ file: URL, blockWith marker: String) throws {
        let blocks = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "```")
        let block = stride(from: 1, to: blocks.count, by: 2).map { blocks[$0] }.first { $0.contains(marker) } ?? ""
        for line in block.split(separator: "\n").map(String.init) {
            if line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2))))
            } else if !steps.isEmpty {
                steps[steps.count - 1].expected.append(line)
            }
        }
    }
}
