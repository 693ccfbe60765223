import FoundationEssentials
import GatewayAPI
import GatewayClient

/// What went wrong, in words that say what to do next, and the exit code that programs go by.
struct Explanation {
    let code: Int32
    let message: String
    var advice: String?

    /// What a file's name, an argument or a gateway put into the words is shown in one line, and moves no cursor.
    init(code: Int32, message: String, advice: String? = nil) {
        self.code = code
        self.message = Terminal.visible(message)
        self.advice = advice.map { Terminal.visible($0) }
    }

    /// Wrong usage, as the parser of arguments explains it: in lines of its own.
    init(usage: String) {
        code = 2
        message = usage.split(separator: "\n", omittingEmptySubsequences: false).map { Terminal.visible(String($0)) }
            .joined(separator: "\n")
        advice = nil
    }
}

extension Explanation: Encodable {
    private enum Key: String, CodingKey {
        case error, code, message, next
    }

    /// `{"error":{"code":1,"message":"…","next":"…"}}`. `code` is the exit code, `next` is null where there is nothing to do.
    func encode(to encoder: any Encoder) throws {
        var root = encoder.container(keyedBy: Key.self)
        var error = root.nestedContainer(keyedBy: Key.self, forKey: .error)
        try error.encode(code, forKey: .code)
        try error.encode(message, forKey: .message)
        try error.encode(advice, forKey: .next)
    }

    /// One line.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(self) else { preconditionFailure("numbers and text have a JSON form") }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Ends a command with an explanation of its own.
struct Stop: Error {
    let explanation: Explanation

    /// Nothing there, or refused.
    static func refused(_ message: String, _ advice: String? = nil) -> Stop { Stop(1, message, advice) }
    static func usage(_ message: String, _ advice: String? = nil) -> Stop { Stop(2, message, advice) }
    static func localData(_ message: String, _ advice: String? = nil) -> Stop { Stop(4, message, advice) }
    static func notVerified(_ message: String, _ advice: String? = nil) -> Stop { Stop(5, message, advice) }

    init(_ explanation: Explanation) {
        self.explanation = explanation
    }

    private init(_ code: Int32, _ message: String, _ advice: String?) {
        explanation = Explanation(code: code, message: message, advice: advice)
    }
}

extension Explanation {
    init(_ error: ClientError) {
        switch error {
        case .refused(let error): self.init(error)
        case .notFound(let missing): self.init(missing)
        case .notPossible(let obstacle): self.init(obstacle)
        case .unreachable(let address, let reason): self.init(address, reason)
        case .localData(let problem): self.init(problem)
        case .notVerified(let discrepancy): self.init(discrepancy)
        case .incomplete(let kept, let missing, let reason):
            let inner = Explanation(reason)
            self.init(
                code: inner.code,
                message: "\(Names.counted(missing, "record")) did not come: \(inner.message)",
                advice:
                    "\(kept == 1 ? "1 other is" : "\(kept) others are") here, checked, and can be opened. Request again for the rest."
            )
        }
    }

    private init(_ error: APIError) {
        self.init(code: 1, message: "the gateway refused: \(error.explanation)", advice: Self.advice(error.code))
    }

    private static func advice(_ code: APIError.Code) -> String? {
        switch code {
        case .unauthenticated: "Is this computer's clock right? Calls are good for two minutes."
        case .forbidden: "Has this profile been admitted? See `cordon status`."
        case .listNotNewest, .alreadyAnswered, .tooMany, .unavailable, .tooSlow: "Try again."
        case .full: "Try again later."
        case .readOnly: "Who runs the gateway knows when it takes something again."
        case .compilationDiffers, .commitmentNotProven:
            "Nothing was signed into force. One of the two programs is older: bring both to the same version."
        case .malformed, .refused, .notFound, .tooLarge: nil
        }
    }

    private init(_ discrepancy: Discrepancy) {
        self.init(
            code: 5, message: "NOT VERIFIED: \(discrepancy.words).",
            advice: "Nothing of it was believed or kept. Tell the consortium, and keep this message.")
    }
}
