import FoundationEssentials

/// `gateway.json`, beside a gateway's keys: what must be known before its store can be opened. The store's first leaf vouches for it.
package struct GatewayDescription: Codable, Sendable {
    package static let maximumSize = 4_096

    package let origin: String
    package let address: String

    package init(origin: String, address: String) {
        self.origin = origin
        self.address = address
    }

    /// `nil` unless both are there.
    package init?(json bytes: [UInt8]) {
        guard bytes.count <= Self.maximumSize, let description = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else {
            return nil
        }
        self = description
    }

    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("two texts are JSON") }
        return Array(data)
    }
}
