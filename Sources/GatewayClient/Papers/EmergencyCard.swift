package import CryptoPrimitives

/// What a patient carries for an emergency: which desk opens what by which grant. It holds no secret, so that a finder can do nothing with
/// it: the grants' keys are with the desks.
package struct EmergencyCard: Paper, Hashable, Sendable {
    package static let kind = "EMERGENCY CARD"
    package static let maximumItems = 255
    package static let maximumSize = Pin.maximumSize + 256 + 32 + 1 + maximumItems * (2 + 32 + 32) + 64

    package struct Item: Hashable, Sendable {
        package let category: UInt16
        package let desk: Ed25519.PublicKey
        /// By its control key.
        package let grant: Ed25519.PublicKey

        package init(category: UInt16, desk: Ed25519.PublicKey, grant: Ed25519.PublicKey) {
            self.category = category
            self.desk = desk
            self.grant = grant
        }
    }

    package let pin: Pin
    package let name: TextLine
    package let inbox: Ed25519.PublicKey
    /// Ascending by grant.
    package let items: [Item]
    private let signature: Ed25519.Signature

    /// `nil` without a grant, or with more than 255.
    package init?(pin: Pin, name: TextLine, items: [Item], signingWith inbox: borrowing Ed25519.PrivateKey) {
        let items = items.sorted { $0.grant < $1.grant }
        guard (1...Self.maximumItems).contains(items.count), items.isAscending(by: \.grant) else { return nil }
        self.pin = pin
        self.name = name
        self.inbox = inbox.publicKey
        self.items = items
        signature = inbox.sign(.emergencyCard, origin: pin.origin, Self.unsignedBytes(pin, name, inbox.publicKey, items))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        pin = try reader.value()
        name = try reader.text()
        inbox = try reader.value()
        items = try reader.list(length: UInt8.self, atMost: Self.maximumItems) { reader throws(FormatError) in
            Item(category: try reader.integer(UInt16.self), desk: try reader.value(), grant: try reader.value())
        }
        guard !items.isEmpty, items.isAscending(by: \.grant) else { throw .notCanonical }
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.unsignedBytes(pin, name, inbox, items))
        writer.signature(signature)
    }

    package func verify() throws(ClientError) {
        do {
            try inbox.verify(signature, .emergencyCard, origin: pin.origin, Self.unsignedBytes(pin, name, inbox, items))
        } catch {
            throw .notVerified(.paperNotAuthentic)
        }
    }

    private static func unsignedBytes(
        _ pin: Pin, _ name: TextLine, _ inbox: Ed25519.PublicKey, _ items: [Item]
    ) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(pin)
        writer.text(name)
        writer.value(inbox)
        writer.list(items, length: UInt8.self) { writer, item in
            writer.integer(item.category)
            writer.value(item.desk)
            writer.value(item.grant)
        }
        return writer.bytes
    }
}
