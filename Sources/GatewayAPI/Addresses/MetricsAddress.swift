import FoundationEssentials

/// Where programs find a gateway's figures: a host and a port.
///
///     127.0.0.1:9460
package struct MetricsAddress: Sendable {
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: Int

    package init?(_ address: String) {
        guard let parts = URLComponents(string: "http://\(address)"), let port = parts.port, (1...65_535).contains(port),
            let host = parts.hostWithoutBrackets, !host.isEmpty, parts.path.isEmpty
        else { return nil }
        self.host = host
        self.port = port
    }
}
