import GatewayClient

extension Explanation {
    /// Why no gateway answered.
    init(_ address: String, _ reason: Unreachable) {
        switch reason {
        case .noConnection:
            self.init(
                code: 3, message: "the gateway at \(address) cannot be reached",
                advice:
                    "Is it running, and is the address right? If something was sent before, the next command finds it on the ledger."
            )
        case .timedOut:
            self.init(code: 3, message: "the gateway at \(address) did not answer in time", advice: "Try again.")
        case .notSigned(let status):
            self.init(
                code: 3, message: "something at \(address) answered \(status), and it was not the gateway",
                advice: "Is a proxy in between? Is the address right?")
        }
    }
}
