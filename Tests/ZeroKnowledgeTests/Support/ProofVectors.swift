import CryptoPrimitives
import Foundation
import TestSupport

@testable import ZeroKnowledge

/// A file of `fixtures/vectors/zk`, whose README says how it is laid out.
struct ProofVectors: Decodable {
    let candidates: [Hex]?
    let accepted: [Accepted]?
    let rejected: [Rejected]?
    let holders: [Holder]?
    let grants: [Grant]?

    static func files() throws -> [(name: String, vectors: ProofVectors)] {
        let folder = Fixtures.url("vectors/zk")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
        return try names.map { ($0, try Fixtures.json("vectors/zk/\($0)")) }
    }

    struct Accepted: Decodable {
        let name, form: String
        let statement, proof: Bytes
        let secrets: OpenProof.Secrets?

        func example(_ candidates: [Hex]) throws -> Attempt {
            Attempt(isCompact: form == "compact", statement: try statement.bytes(candidates), proof: try proof.bytes(candidates))
        }
    }

    struct Rejected: Decodable {
        let name: String
        let of, form: String?
        let edits: [Edit]?
        let statement, proof: Bytes?
    }

    struct Edit: Decodable {
        let form, put: String?
        let `in`: String?
        let at, take: Int?
    }

    struct Holder: Decodable {
        let name: String
        let context: Hex
        let A, proof: Hex
        let accepted: Bool
    }

    struct Grant: Decodable {
        let name, origin: String
        let control, C, proof: Hex
        let scalars: [Hex]
        let accepted: Bool
    }
}

/// Bytes that are said to prove bytes.
struct Attempt {
    var isCompact: Bool
    var statement, proof: [UInt8]

    var form: RecordProof.Form { isCompact ? .compact : .batchable }

    var isAccepted: Bool {
        guard let statement = try? Statement(canonical: statement) else { return false }
        return accepts(proof, statement, form)
    }

    mutating func apply(_ edit: ProofVectors.Edit) throws {
        if let form = edit.form {
            isCompact = form == "compact"
            return
        }
        guard let part = edit.in, let at = edit.at, let take = edit.take, let put = edit.put.flatMap({ Hexadecimal.decode($0) })
        else {
            throw FormatError.notCanonical
        }
        if part == "statement" {
            statement.replaceSubrange(at..<at + take, with: put)
        } else {
            proof.replaceSubrange(at..<at + take, with: put)
        }
    }
}

struct Hex: Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let bytes = Hexadecimal.decode(text) else { throw FormatError.notCanonical }
        self.bytes = bytes
    }
}

/// Hexadecimal, or pieces of which some are scalars that are counted up, or candidates of the file.
struct Bytes: Decodable {
    private let pieces: [Piece]

    private enum Piece: Decodable {
        case bytes([UInt8])
        case candidates(Range<Int>)

        private enum Key: String, CodingKey {
            case first, step, candidate, count
        }

        init(from decoder: any Decoder) throws {
            if let hex = try? Hex(from: decoder) {
                self = .bytes(hex.bytes)
                return
            }
            let fields = try decoder.container(keyedBy: Key.self)
            let count = try fields.decode(Int.self, forKey: .count)
            if let start = try fields.decodeIfPresent(Int.self, forKey: .candidate) {
                self = .candidates(start..<start + count)
                return
            }
            let (first, step) = (try fields.decode(UInt64.self, forKey: .first), try fields.decode(UInt64.self, forKey: .step))
            self = .bytes((0..<UInt64(count)).flatMap { SG3072.Scalar(first + step * $0).encoded })
        }

        func bytes(_ candidates: [Hex]) throws -> [UInt8] {
            switch self {
            case .bytes(let bytes): return bytes
            case .candidates(let range):
                guard range.upperBound <= candidates.count else { throw FormatError.tooLarge }
                return candidates[range].flatMap(\.bytes)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        pieces = try (try? Hex(from: decoder)).map { [.bytes($0.bytes)] } ?? [Piece](from: decoder)
    }

    func bytes(_ candidates: [Hex]) throws -> [UInt8] { try pieces.flatMap { try $0.bytes(candidates) } }
}

extension OpenProof.Secrets: Decodable {
    private enum Key: String, CodingKey {
        case attributes, rho, b, rB, a, v, tC, tB, s, delta, vV
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func scalar(_ hex: Hex) throws -> SG3072.Scalar { try SG3072.Scalar(decoding: hex.bytes) }
        func list(_ key: Key) throws -> [SG3072.Scalar] { try (fields.decodeIfPresent([Hex].self, forKey: key) ?? []).map(scalar) }
        func one(_ key: Key) throws -> SG3072.Scalar? { try fields.decodeIfPresent(Hex.self, forKey: key).map(scalar) }
        self.init(
            attributes: try fields.decode([[Hex]].self, forKey: .attributes).map { try $0.map(scalar) }, rho: try list(.rho),
            b: try list(.b), rB: try one(.rB), a: try list(.a), v: try list(.v), tC: try list(.tC), tB: try one(.tB),
            s: try list(.s), delta: try one(.delta), vV: try list(.vV))
    }
}
