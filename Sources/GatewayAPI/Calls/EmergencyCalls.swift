package import CryptoPrimitives
package import SharingContract

/// An emergency desk says that there is an emergency. The gateway puts it on the ledger, whether or not there is such a grant.
package struct DeclareEmergency: Call {
    package static let path = "/v1/emergencies"
    package static let maximumSize = EmergencyBody.maximumSize

    package let body: EmergencyBody

    package init(_ body: EmergencyBody) {
        self.body = body
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        body = try reader.value()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(body)
    }

    /// The leaf, and the salt with which it commits to what was declared.
    package struct Answer: CanonicalCodable, Sendable {
        package static let maximumSize = PostedLeaf.maximumSize + 32

        package let posted: PostedLeaf
        package let salt: Bytes32

        package init(posted: PostedLeaf, salt: Bytes32) {
            self.posted = posted
            self.salt = salt
        }

        package init(from reader: inout CanonicalReader) throws(FormatError) {
            posted = try reader.value()
            salt = try reader.bytes32()
        }

        package func encode(to writer: inout CanonicalWriter) {
            writer.value(posted)
            writer.bytes32(salt)
        }
    }
}

/// The evidence of emergencies and of their reviews, for a member.
package struct FetchEmergencies: Call {
    package static let path = "/v1/emergencies/evidence"
    package static let maximumCount = 256
    package static let maximumSize = 2 + maximumCount * 8

    /// Ascending.
    package let leaves: [UInt64]

    package init(leaves: Set<UInt64>) {
        precondition(leaves.count <= Self.maximumCount, "at most 256 leaves")
        self.leaves = leaves.sorted()
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        leaves = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            try reader.integer(UInt64.self)
        }
        guard leaves.isAscending(by: { $0 }) else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.list(leaves, length: UInt16.self) { $0.integer($1) }
    }

    package typealias Answer = EvidencePage
}
