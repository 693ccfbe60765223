import CryptoPrimitives
import MedicalRecords
import SharingContract
import ZeroKnowledge

// Claims as numbers modulo q. docs/proofs.md, section 3.

/// The places of a commitment, as statements have them.
enum ClaimAttribute {
    static let schema = Int(ShownRecord.schemaAttribute)
    static let holder = Int(ShownRecord.holderAttribute)
    static let last = Int(ShownRecord.lastDayAttribute)

    static func field(_ index: Int) -> Int { Int(ShownRecord.firstFieldAttribute) + index }
}

extension ClaimsSchema {
    var attributeCount: Int { ClaimAttribute.field(fields.count) }

    var scalar: SG3072.Scalar { ShownRecord.schemaScalar(hash) }
}

extension Validity {
    var scalar: SG3072.Scalar { ShownRecord.lastDayScalar(last) }
}

extension ClaimValue {
    /// What a field has whose value the resource does not say: no date, no number and no code is as large.
    static let absentScalar = SG3072.Scalar(wide: 1 << 64)
    private static let numberOffset: Int64 = 1 << 62

    var scalar: SG3072.Scalar {
        switch self {
        case .absent: Self.absentScalar
        case .date(let days): SG3072.Scalar(UInt64(days))
        case .number(let scaled): SG3072.Scalar(Self.shifted(scaled))
        case .code(let index): SG3072.Scalar(UInt64(index))
        case .openCode(let coding):
            SG3072.Scalar(hashing: 2) { writer in
                writer.string(Array(coding.system.utf8), length: UInt16.self)
                writer.string(Array(coding.code.utf8), length: UInt16.self)
            }
        case .text(let text): SG3072.Scalar(hashing: 3) { $0.string(Array(text.utf8), length: UInt16.self) }
        }
    }

    /// As an unsigned number: the order of numbers stays theirs.
    static func shifted(_ scaled: Int64) -> UInt64 { UInt64(scaled + numberOffset) }
}
