import CryptoPrimitives
import GatewayAPI
import MerkleLedger
import SharingContract

/// Meets a ledger for the first time, by nothing but the address of a gateway. What is found is believed from then on, so whoever does
/// this shows the fingerprint to a person who can compare it.
package enum FirstContact {
    package static func pin(_ connection: GatewayConnection) async throws(ClientError) -> Pin {
        guard let address = TextLine(connection.address) else { throw .localData(.notA(kind: "address")) }
        let note: SignedNote
        let size: UInt64
        do {
            note = try SignedNote(try await connection.get(PublicPath.checkpoint, atMost: SignedNote.maximumSize))
            size = try Checkpoint(text: note.text).size
        } catch let error as ClientError {
            throw error
        } catch {
            throw .notVerified(.checkpointNotSigned)
        }
        let leaf = try await genesis(connection, size)
        guard let parsed = try? Leaf(canonical: leaf), case .member(.add(_, let genesis?), _) = parsed.entry.event,
            let name = KeyName(parsed.entry.origin.text)
        else { throw .notVerified(.ruleBroken(leaf: 0)) }
        let key = VerifierKey(name: name, kind: .ed25519, publicKey: genesis.ledgerKey)
        guard (try? Checkpoint.open(note, origin: parsed.entry.origin, key: key)) != nil else {
            throw .notVerified(.checkpointNotSigned)
        }
        return Pin(origin: parsed.entry.origin, genesis: Hash.leaf(leaf), ledgerKey: genesis.ledgerKey, address: address)
    }

    /// The member that runs the gateway, by the ledger as it stands.
    static func member(_ connection: GatewayConnection, _ pin: Pin) async throws(ClientError) -> Ed25519.PublicKey {
        let leaf = try await genesis(connection, 1)
        guard Hash.leaf(leaf) == pin.genesis, case .member(.add(let member, _), _) = try? Leaf(canonical: leaf).entry.event else {
            throw .notVerified(.otherLedger)
        }
        return member.key
    }

    static func genesis(_ connection: GatewayConnection, _ size: UInt64) async throws(ClientError) -> [UInt8] {
        let width = Int(clamping: min(size, UInt64(Tile.fullWidth)))
        guard let coordinate = Tile.Coordinate(level: 0, index: 0, width: width) else { throw .notVerified(.tileMalformed) }
        let bytes = try await connection.get("/" + coordinate.entriesPath, atMost: width * (Leaf.maximumSize + 2))
        guard let leaf = try? EntryBundle(bytes, width: width).entries.first else { throw .notVerified(.tileMalformed) }
        return leaf
    }
}
