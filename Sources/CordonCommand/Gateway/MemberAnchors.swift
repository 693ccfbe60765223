import ArgumentParser
import GatewayAPI
import GatewayClient

extension MemberCommand {
    struct Anchors: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "anchors", abstract: "Puts the marks of claims that wait on the ledger now.",
            discussion: """
                Patients prove things by claims that came with their records, and a proof holds once the claim's mark is on the ledger. The
                gateway puts marks there once a day (UTC), those of all clinics together and in random order, so that none leads back to a
                deposit. The fewer wait, the more one of them says: do this where somebody cannot wait.

                Example:
                  cordon --as north member anchors
                """)

        @ParentCommand var cordon: Cordon

        private struct Published: Encodable {
            var claims = 0
            var entries: [UInt64] = []

            var words: String {
                let names = entries.map(String.init).joined(separator: ", ")
                return """
                    Published the \(claims == 1 ? "mark of 1 claim" : "marks of \(claims) claims"). \
                    \(entries.count == 1 ? "Entry" : "Entries") \(names) of the ledger.
                    """
            }
        }

        func run() async throws {
            _ = try cordon.folder()
            try await MemberCommand.asMember(cordon) { member in
                let published = try await publish(member)
                guard !published.entries.isEmpty else { throw Stop.refused("no marks of claims wait to be published") }
                try cordon.show(published, published.words)
            }
        }

        private func publish(_ member: MemberClient) async throws(ClientError) -> Published {
            var published = Published()
            var hasMore = true
            while hasMore {
                do throws(ClientError) {
                    let next = try await member.publishAnchors()
                    published.claims += next.count
                    published.entries.append(next.leaf)
                    hasMore = next.hasMore
                } catch {
                    guard case .refused(let refusal) = error, refusal.code == .notFound else { throw error }
                    hasMore = false
                }
            }
            return published
        }
    }
}
