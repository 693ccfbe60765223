import CryptoPrimitives
import EnvelopeEncryption
import Foundation
import GatewayAPI

@testable import GatewayClient

/// What a profile keeps, and what comes back into it from a gateway or from paper. All but the words lie in age files, which are opened
/// before they are parsed; here they are parsed as they lie in them.
enum ProfileTargets {
    static let all = [
        FuzzTarget(name: "profile") { bytes in
            for format in [PendingDeposit.self, ReceivedIndex.self, ReceivedRecord.self, KeyBytes.self]
                as [any CanonicalCodable.Type]
            {
                requireCanonical(format, bytes)
            }
            _ = try? PendingDeposit(beforeClaims: bytes)
            checkState(PatientState.self, bytes)
            checkState(ClinicState.self, bytes)
            checkKeyring(bytes)
            if (try? PatientBackup(opening: bytes, with: identity)) != nil { fatalError("nobody sealed a backup to this key") }
        },
        FuzzTarget(name: "inbox") { bytes in
            guard let message = try? InboxMessage(plaintext: bytes) else { return }
            require((try? message.plaintext()) == bytes, "a message has one encoding")
        },
        FuzzTarget(name: "words", check: checkWords),
    ]

    /// JSON has many forms of one state; its own form must come back as the same.
    private static func checkState<State: Codable>(_ kind: State.Type, _ bytes: [UInt8]) {
        guard let state = ProfileState.decoded(kind, from: bytes) else { return }
        let written = ProfileState.encoded(state)
        guard let again = ProfileState.decoded(kind, from: written) else { fatalError("a state comes back") }
        require(members(ProfileState.encoded(again)) == members(written), "a state stays as it is")
    }

    /// Without the order of members, which is another each time.
    private static func members(_ json: [UInt8]) -> NSDictionary? {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json)) as? [String: Any] else { return nil }
        // Sets are written as lists in any order.
        return sorted(object) as? NSDictionary
    }

    private static func sorted(_ value: Any) -> Any {
        switch value {
        case let object as [String: Any]: object.mapValues(sorted)
        case let texts as [String]: texts.sorted()
        case let list as [Any]: list.map(sorted)
        default: value
        }
    }

    private static func checkKeyring(_ bytes: [UInt8]) {
        guard bytes.count <= 4_096 else { return }
        let plaintext = SecretBytes(copying: bytes.span)
        guard let keyring = try? Keyring(plaintext: plaintext) else { return }
        let isSame = keyring.plaintext().isEqual(to: plaintext)
        require(isSame, "a keyring has one encoding")
    }

    /// Words come in any case, with any space and with numbers between them; shown, they are as the list has them.
    private static func checkWords(_ bytes: [UInt8]) {
        guard bytes.count <= RecoveryWords.maximumSize, let words = RecoveryWords.parse(SecretBytes(copying: bytes.span)) else {
            return
        }
        let shown = sentence(words)
        guard let again = RecoveryWords.parse(SecretBytes(copying: Array(shown.utf8).span)) else {
            fatalError("what is shown can be read")
        }
        require(sentence(again) == shown, "words stay as they are")
        let spaced = String(decoding: bytes, as: UTF8.self).lowercased().filter { !$0.isNumber }
        require(spaced.split(whereSeparator: \.isWhitespace).joined(separator: " ") == shown, "no word is passed over")
    }

    private static func sentence(_ words: borrowing RecoveryWords) -> String {
        var all: [String] = []
        words.forEachWord { all.append($1) }
        return all.joined(separator: " ")
    }

    private static var identity: HybridIdentity {
        HybridIdentity(seed: SecretBytes(copying: SHA256.hash(Array("nobody".utf8)).bytes.span))
    }
}
