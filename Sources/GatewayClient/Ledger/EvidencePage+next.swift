import GatewayAPI

extension EvidencePage {
    /// Where the next page begins. One that does not go on would never end.
    func next(after from: UInt64) throws(ClientError) -> UInt64? {
        guard next.map({ $0 > from }) ?? true else { throw .notVerified(.answerMalformed) }
        return next
    }
}
