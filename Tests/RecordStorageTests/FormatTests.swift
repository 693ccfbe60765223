import CryptoPrimitives
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// The example that docs/formats.md names in section 8.1.
@Suite struct SnapshotFormat {
    private let snapshot = Snapshot(
        origin: World().origin, size: 12_345, root: SHA256.hash([1]), checkedSize: 12_000, signingWith: key("north"))

    @Test func `a snapshot is as the document says`() throws {
        let example = try example(
            snapshot,
            [
                "origin": snapshot.origin, "size": snapshot.size, "root": snapshot.root, "checked size": snapshot.checkedSize,
                "signature": snapshot.signature,
            ],
            more: ["member": publicKey("north")])
        #expect(try FormatFile("snapshot.json").difference(from: [("snapshot", example)]) == nil)
    }

    @Test func `a snapshot has one form, and none is of more than was there`() throws {
        let bytes = snapshot.canonicalBytes
        for count in 0..<bytes.count { #expect(throws: FormatError.self) { try Snapshot(canonical: Array(bytes.prefix(count))) } }
        #expect(throws: FormatError.self) { try Snapshot(canonical: bytes + [0]) }
        // The checked size stands in front of the signature.
        let place = bytes.count - Ed25519.Signature.count - 8
        for wrong in [0, 12_346, .max] as [UInt64] {
            var changed = bytes
            for index in 0..<8 { changed[place + index] = UInt8(truncatingIfNeeded: wrong >> UInt64(56 - 8 * index)) }
            #expect(throws: FormatError.notCanonical) { try Snapshot(canonical: changed) }
        }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let isGood =
                (try? Snapshot(canonical: changed)).map { (try? $0.verifySignature(by: publicKey("north"))) != nil } ?? false
            #expect(!isGood, "byte \(index)")
        }
    }
}
