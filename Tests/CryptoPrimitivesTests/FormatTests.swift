import CryptoPrimitives
import TestSupport
import Testing

/// The examples of docs/formats.md, section 1.
@Suite struct Conventions {
    private let origin = line("north.example/ledger")

    @Test func `encodings, hashes and signatures are as the document says`() throws {
        let difference = try FormatFile("conventions.json").difference(from: [
            ("encodings", .list(encodings)), ("labels", Label.allCases.map(\.rawValue).shown), ("hash", hash),
            ("signature", signature), ("days", days),
        ])
        #expect(difference == nil)
    }

    private var encodings: [Shown] {
        [
            encoding("u8", 255) { $0.integer(255 as UInt8) },
            encoding("u16", 258) { $0.integer(258 as UInt16) },
            encoding("u32", 16_909_060) { $0.integer(16_909_060 as UInt32) },
            encoding("u64", UInt64.max - 1) { $0.integer(UInt64.max - 1) },
            encoding("flag", true) { $0.flag(true) },
            encoding("b16", [1, 2, 3] as [UInt8]) { $0.string([1, 2, 3], length: UInt16.self) },
            encoding("b32", [] as [UInt8]) { $0.string([], length: UInt32.self) },
            encoding("text", "Zoë\u{200D}") { $0.text(line("Zoë\u{200D}")) },
            encoding("list8(u16)", [1, 2]) { $0.list([1, 2] as [UInt16], length: UInt8.self) { $0.integer($1) } },
            encoding("list16(u8)", [Int]()) { $0.list([] as [UInt8], length: UInt16.self) { $0.integer($1) } },
            encoding("opt(u8)", nil) { $0.optional(nil as UInt8?) { $0.integer($1) } },
            encoding("opt(u8)", 7) { $0.optional(7 as UInt8?) { $0.integer($1) } },
            encoding("minute", 29_920_920) { $0.minute(Minute(29_920_920)) },
        ]
    }

    private func encoding(_ type: String, _ value: (any Showable)?, _ write: (inout CanonicalWriter) -> Void) -> Shown {
        var writer = CanonicalWriter()
        write(&writer)
        return fields(["type": type, "value": value, "bytes": writer.bytes])
    }

    private var hash: Shown {
        fields([
            "label": Label.recipient.rawValue, "parts": [[1, 2] as [UInt8], [3]],
            "hash": Hash.labelled(.recipient, [1, 2], [3]),
        ])
    }

    private var signature: Shown {
        let seed = SHA256.hash(Array("example".utf8)).value
        let key = Ed25519.PrivateKey(seed: SecretBytes(copying: seed.bytes.span))
        return fields([
            "label": Label.invite.rawValue, "origin": origin, "bytes": [4, 5, 6] as [UInt8], "seed": seed, "key": key.publicKey,
            "message": Label.invite.message(origin: origin, [4, 5, 6]), "signature": key.sign(.invite, origin: origin, [4, 5, 6]),
        ])
    }

    private var days: Shown {
        .list(["1970-01-01", "2000-02-29", "2026-11-21"].map { fields(["date": $0, "day": Day($0)]) })
    }
}
