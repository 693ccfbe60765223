package import CryptoPrimitives
package import SharingContract

/// The newest recipient list of a compartment, for its patient or for a clinic that may deposit there.
package struct FetchRecipientList: Call {
    package static let path = "/v1/recipients"
    package static let maximumSize = 32 + 1 + DepositPermission.maximumSize

    package let compartment: Ed25519.PublicKey
    package let permission: DepositPermission?

    package init(compartment: Ed25519.PublicKey, permission: DepositPermission? = nil) {
        self.compartment = compartment
        self.permission = permission
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        permission = try reader.optional { reader throws(FormatError) in try reader.value() }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(compartment)
        writer.optional(permission) { $0.value($1) }
    }

    package typealias Answer = RecipientList
}

/// What the gateway says of a payload it has taken in.
package struct StoredPayload: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 8
    package let payload: PayloadID
    package let size: UInt64

    package init(payload: PayloadID, size: UInt64) {
        self.payload = payload
        self.size = size
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        payload = try reader.value()
        size = try reader.integer(UInt64.self)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(payload)
        writer.integer(size)
    }
}

/// Records whose payloads are uploaded, with a header for the compartment and one for each recipient of the list.
package struct DepositRecords: Call {
    package static let path = "/v1/deposits"
    package static let maximumSize = 16 << 20

    package struct Record: Hashable, Sendable {
        package let descriptor: Descriptor
        /// The compartment's own first, then in the list's order.
        package let headers: [[UInt8]]
        /// Where the descriptor says that there are some.
        package let claims: Claims?

        package init(descriptor: Descriptor, headers: [[UInt8]], claims: Claims? = nil) {
            self.descriptor = descriptor
            self.headers = headers
            self.claims = claims
        }
    }

    package let body: DepositBody
    package let records: [Record]

    package init(body: DepositBody, records: [Record]) {
        self.body = body
        self.records = records
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        body = try reader.value()
        records = try reader.list(length: UInt16.self, atMost: SlotTree.slotCount) { reader throws(FormatError) in
            Record(
                descriptor: try reader.value(),
                headers: try reader.list(length: UInt16.self, atMost: RecipientList.maximumRecipients + 1) {
                    reader throws(FormatError) in
                    try reader.string(length: UInt16.self, atMost: maximumHeaderSize)
                },
                claims: try reader.optional { reader throws(FormatError) in try reader.value() })
        }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(body)
        writer.list(records, length: UInt16.self) { writer, record in
            writer.value(record.descriptor)
            writer.list(record.headers, length: UInt16.self) { $0.string($1, length: UInt16.self) }
            writer.optional(record.claims) { $0.value($1) }
        }
    }

    /// Where each record's descriptor stands, in the order of the call.
    package struct Answer: CanonicalCodable, Sendable {
        package static let maximumSize = PostedLeaf.maximumSize + 2 + SlotTree.slotCount * (32 + SlotProof.maximumSize)

        package struct Placed: Hashable, Sendable {
            package let salt: Bytes32
            package let proof: SlotProof

            package init(salt: Bytes32, proof: SlotProof) {
                self.salt = salt
                self.proof = proof
            }
        }

        package let posted: PostedLeaf
        package let places: [Placed]

        package init(posted: PostedLeaf, places: [Placed]) {
            self.posted = posted
            self.places = places
        }

        package init(from reader: inout CanonicalReader) throws(FormatError) {
            posted = try reader.value()
            places = try reader.list(length: UInt16.self, atMost: SlotTree.slotCount) { reader throws(FormatError) in
                Placed(salt: try reader.bytes32(), proof: try reader.value())
            }
        }

        package func encode(to writer: inout CanonicalWriter) {
            writer.value(posted)
            writer.list(places, length: UInt16.self) { writer, place in
                writer.bytes32(place.salt)
                writer.value(place.proof)
            }
        }
    }
}
