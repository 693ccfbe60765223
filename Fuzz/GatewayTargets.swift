import CryptoPrimitives
import GatewayAPI
import RecordStorage

/// What a gateway reads when it starts: its store's snapshot, its configuration, and addresses from the command line.
enum GatewayTargets {
    static let all = [
        .canonical("snapshot", [Snapshot.self]),
        FuzzTarget(name: "configuration") { bytes in
            checkDescription(bytes)
            guard let text = text(bytes) else { return }
            checkAddresses(text)
        },
    ]

    private static func checkDescription(_ bytes: [UInt8]) {
        guard let description = GatewayDescription(json: bytes) else { return }
        checkAddresses(description.address)
        // Spelt out, what was short may have become too long.
        guard description.json.count <= GatewayDescription.maximumSize else { return }
        require(GatewayDescription(json: description.json)?.json == description.json, "a description comes back")
    }

    private static func checkAddresses(_ text: String) {
        if let address = GatewayAddress(text) {
            require(address.text.text.utf8.elementsEqual(text.utf8), "clients sign the address as it was given")
            require((1...65_535).contains(address.port), "a port is one that can be listened on")
            require(!address.host.isEmpty && !address.host.contains("/"), "a host is a host")
        }
        if let address = MetricsAddress(text) {
            require((1...65_535).contains(address.port), "a port is one that can be listened on")
            require(!address.host.isEmpty && !address.host.contains("/"), "a host is a host")
        }
    }
}
