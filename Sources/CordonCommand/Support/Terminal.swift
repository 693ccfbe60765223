import CryptoPrimitives
import GatewayClient
import Glibc
import Synchronization
import SystemPackage

/// The person at the other end, if there is one.
enum Terminal {
    static let hasInput = isatty(STDIN_FILENO) == 1
    private static let isOutput = isatty(STDOUT_FILENO) == 1
    static let showsProgress = isatty(STDERR_FILENO) == 1

    /// Letters in a line of the terminal that standard error is.
    static var columns: Int? {
        var size = winsize()
        guard showsProgress, unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// What else has to end where the output cannot go on: a gateway that was started would serve for ever.
    static let farewell = Mutex<@Sendable () -> Void>({})

    static func write(_ text: String) {
        do {
            try FileDescriptor.standardOutput.writeAll((text + "\n").utf8)
        } catch {
            farewell.withLock { $0() }
            // Nobody reads on. The signal says so by default, and ends the program; what speaks to the network has it ignored.
            guard error as? Errno != .brokenPipe else { exit(128 + SIGPIPE) }
            Cordon.fail(Stop.localData("standard output cannot be written: \(error)").explanation)
        }
    }

    /// The words of a command, in lines of which none moves the cursor: some hold what a file or another party says.
    static func show(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        write(lines.map { visible(String($0)) }.joined(separator: "\n"))
    }

    /// Bold on a terminal, plain elsewhere.
    static func bold(_ text: String) -> String {
        isOutput ? "\u{1B}[1m\(text)\u{1B}[0m" : text
    }

    /// Beside the result: progress, questions, warnings. Where they cannot be written, the result and the exit code still speak.
    static func note(_ text: String, newline: Bool = true) {
        _ = try? FileDescriptor.standardError.writeAll((newline ? text + "\n" : text).utf8)
    }

    /// A line of text that may hold what others wrote: whatever would move the cursor or turn text around stands there as its number.
    static func visible(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            TextLine.isVisible(scalar) ? String(scalar) : "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        }.joined()
    }

    /// A yes, typed or piped. The end of input is a no.
    static func confirms(_ question: String) -> Bool {
        note("\(question) ", newline: false)
        let answer = readLine()?.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        if !hasInput { note(answer ?? "") }
        return answer == "y" || answer == "yes"
    }

    /// A line that is not shown, straight into the arena.
    static func readSecret(_ question: String, atMost limit: Int) throws -> SecretBytes {
        guard hasInput else { throw ClientError.localData(.passphraseMissing) }
        // Before the question: an answer can come as soon as that is there.
        let echo = Echo()
        note("\(question) ", newline: false)
        defer { note("") }
        do {
            let secret = try SecretBytes.read(upTo: .line, from: STDIN_FILENO, atMost: limit)
            withExtendedLifetime(echo) {}
            return secret
        } catch {
            throw Stop.usage("this line is too long")
        }
    }
}

/// Keeps the terminal from showing what is typed, until the end of its life. The system's own calls, as no library here has them.
private final class Echo {
    private var before = termios()

    init() {
        unsafe tcgetattr(STDIN_FILENO, &before)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    }

    deinit { unsafe tcsetattr(STDIN_FILENO, TCSANOW, &before) }
}

/// Tells how far a command has come, once it takes longer than a second and somebody is looking.
final class ProgressLine {
    private let what: String
    private let start = ContinuousClock.now
    private var isShown = false

    init(_ what: String) {
        self.what = what
    }

    func show(_ done: Int, of all: Int) {
        guard Terminal.showsProgress, ContinuousClock.now - start > .seconds(1) else { return }
        isShown = true
        let width = 24
        let filled = all > 0 ? min(width, done * width / all) : 0
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        Terminal.note("\r\(what) \(bar) \(done)\(all > 0 ? " of \(all)" : "")", newline: false)
    }

    deinit { if isShown { Terminal.note("") } }
}
