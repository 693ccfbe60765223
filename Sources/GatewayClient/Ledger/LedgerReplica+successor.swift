import CryptoPrimitives
import GatewayAPI
import MerkleLedger
import SharingContract

extension LedgerReplica {
    /// The ledger that a member of ours has begun in the place of ours, if that is what the gateway serves. It is never taken for ours:
    /// that a member says so does not make it true that anything was lost.
    func successor(at connection: GatewayConnection) async -> TextLine? {
        guard let note = try? await connection.get(PublicPath.checkpoint, atMost: SignedNote.maximumSize),
            let signed = try? SignedNote(note), let size = try? Checkpoint(text: signed.text).size,
            let bytes = try? await FirstContact.genesis(connection, size), let leaf = try? Leaf(canonical: bytes),
            case .member(.add(_, let genesis?), _) = leaf.entry.event, genesis.predecessor?.origin == pin.origin,
            let members = try? state.ledger()?.members,
            leaf.entry.signatures.contains(where: { signature in members.contains { $0.key == signature.key } }),
            (try? leaf.entry.verifySignatures()) != nil
        else { return nil }
        return leaf.entry.origin
    }
}
