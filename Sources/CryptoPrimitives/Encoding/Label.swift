/// Every label that Cordon hashes or signs under, in one place, so that it can be seen that no two formats share one.
package enum Label: String, CaseIterable, Sendable {
    case entry = "cordon/entry/v1"
    case recipient = "cordon/recipient/v1"
    case recipientList = "cordon/recipient-list/v1"
    case compartmentNext = "cordon/compartment-next/v1"
    case compartmentRecovery = "cordon/compartment-recovery/v1"
    case depositPermission = "cordon/deposit-permission/v1"
    case descriptor = "cordon/descriptor/v1"
    case descriptorCommitment = "cordon/descriptor-commitment/v1"
    case claimsAnchors = "cordon/claims-anchors/v1"
    case released = "cordon/released/v1"
    case filler = "cordon/filler/v1"
    case grant = "cordon/grant/v1"
    case request = "cordon/request/v1"
    case release = "cordon/release/v1"
    case refusal = "cordon/refusal/v1"
    case emergency = "cordon/emergency/v1"
    case erasure = "cordon/erasure/v1"
    case labelRules = "cordon/label-rules/v1"
    case snapshot = "cordon/snapshot/v1"
    case claimsSchema = "cordon/claims-schema/v1"
    case credential = "cordon/credential/v1"
    case anchor = "cordon/anchor/v1"
    case holderContext = "cordon/holder-context/v1"
    case grantCommitment = "cordon/grant-commitment/v1"
    case grantContext = "cordon/grant-context/v1"
    case proofRequest = "cordon/proof-request/v1"
    case proofRequestHash = "cordon/proof-request-hash/v1"
    case application = "cordon/application/v1"
    case candidacy = "cordon/candidacy/v1"
    case invite = "cordon/invite/v1"
    case card = "cordon/card/v1"
    case emergencyCard = "cordon/emergency-card/v1"
    case person = "cordon/person/v1"
    case slip = "cordon/slip/v1"
    case ask = "cordon/ask/v1"
    case notice = "cordon/notice/v1"
    case emergencyNotice = "cordon/emergency-notice/v1"
    case claimSet = "cordon/claim-set/v1"
    case claimsWish = "cordon/claims-wish/v1"
    case claimsCopies = "cordon/claims-copies/v1"
}

extension Hash {
    /// H(label; parts) of docs/formats.md, section 1.
    package static func labelled(_ label: Label, _ parts: [UInt8]...) -> Hash {
        var hasher = LabelledHasher(label.rawValue)
        for part in parts { hasher.update(part) }
        return hasher.finalize()
    }
}

/// SHA-256(label || 0x00 || parts), for parts that are not arrays yet.
package struct LabelledHasher {
    private var hasher = SHA256()

    package init(_ label: String) {
        hasher.update(Array(label.utf8))
        hasher.update(byte: 0x00)
    }

    package init(_ label: Label) {
        self.init(label.rawValue)
    }

    package mutating func update(_ part: [UInt8]) { hasher.update(part) }
    package mutating func update(_ part: some Value32) { hasher.update(part.value) }
    package consuming func finalize() -> Hash { hasher.finalize() }
}

extension Label {
    /// What a signature under this label covers: label || 0x00 || u8 length of origin || origin || bytes.
    ///
    /// The origin makes a signature for one ledger worthless on every other.
    package func message(origin: TextLine, _ bytes: [UInt8]) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.fixed(Array(rawValue.utf8))
        writer.integer(0 as UInt8)
        writer.text(origin)
        writer.fixed(bytes)
        return writer.bytes
    }
}

extension Ed25519.PrivateKey {
    /// S(label; bytes) of docs/formats.md, section 1.
    package borrowing func sign(_ label: Label, origin: TextLine, _ bytes: [UInt8]) -> Ed25519.Signature {
        sign(label.message(origin: origin, bytes))
    }
}

extension Ed25519.PublicKey {
    package func verify(
        _ signature: Ed25519.Signature, _ label: Label, origin: TextLine, _ bytes: [UInt8]
    ) throws(Ed25519.SignatureError) {
        try verify(signature, of: label.message(origin: origin, bytes))
    }
}
