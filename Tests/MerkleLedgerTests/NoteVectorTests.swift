import CryptoPrimitives
import Foundation
import MerkleLedger
import TestSupport
import Testing

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct NoteVectors {
    struct File: Decodable {
        let count: Int
        let tests: [Vector]
    }

    struct Vector: Decodable {
        let id: String
        let noteBase64: Data?
        let textBase64: Data?
        let vkeys: [String]?
        let vkey: String?
        let skey: String?
        let verifiedNames: [String]?
        let result: String
    }

    @Test func `Go and C2SP: every note has the result it is listed with`() throws {
        let file: File = try Corpora.json("tlog-note/note-vectors.json")
        var failures = Failures()
        for test in file.tests {
            let result = try result(of: test)
            failures.check(result == test.result, "\(test.id): \(result), not \(test.result)")
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == file.count)
    }

    private func result(of test: Vector) throws -> String {
        do {
            if let skey = test.skey {
                let note = try sign(Array(test.textBase64 ?? Data()), skey)
                return note.bytes == Array(test.noteBase64 ?? Data()) ? "sign" : "another note"
            }
            if let vkey = test.vkey { return try VerifierKey(vkey).description == vkey ? "ok" : "another key" }
            let keys = try (test.vkeys ?? []).map { try VerifierKey($0) }
            let note = try SignedNote(Array(test.noteBase64 ?? Data()))
            let names = try note.verified(by: keys).map(\.name.description)
            return names == test.verifiedNames ? "ok" : "other names"
        } catch let error as NoteError {
            return word(for: error, isKey: test.vkey != nil)
        }
    }

    private func word(for error: NoteError, isKey: Bool) -> String {
        switch error {
        case .malformed: isKey ? "bad-vkey" : "malformed"
        case .ambiguousKeys: "ambiguous"
        case .unverified: "unverified"
        case .notAuthentic: "invalid"
        case .otherOrigin: "other origin"
        }
    }

    /// `PRIVATE+KEY+<name>+<key ID>+<base64(0x01 || seed)>`, Go's form of a signer's key, which we have no use for elsewhere.
    private func sign(_ text: [UInt8], _ skey: String) throws -> SignedNote {
        let fields = skey.split(separator: "+", maxSplits: 4)
        guard fields.count == 5, let seed = Base64.decode(fields[4])?.dropFirst() else { throw NoteError.malformed }
        let signer = NoteSigner(name: try name(String(fields[2])), key: privateKey(seed: Array(seed)))
        let isSameKey = signer.verifierKey.keyID.description == fields[3]
        #expect(isSameKey)
        return try signer.sign(text)
    }
}
