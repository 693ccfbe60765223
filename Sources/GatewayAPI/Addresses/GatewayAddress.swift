package import CryptoPrimitives
import FoundationEssentials

/// The address that clients sign: scheme, host and, if it is not the scheme's own, port. Nothing follows.
///
///     http://127.0.0.1:8460
package struct GatewayAddress: Sendable {
    package let text: TextLine
    /// Without the brackets of an IPv6 address.
    package let host: String
    /// The scheme's own where the address has none.
    package let port: Int

    package init?(_ address: String) {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme, ["http", "https"].contains(scheme),
            let host = parts.hostWithoutBrackets, !host.isEmpty, parts.path.isEmpty, parts.query == nil,
            parts.fragment == nil, parts.user == nil, (1...65_535).contains(parts.port ?? 1), let text = TextLine(address)
        else { return nil }
        self.text = text
        self.host = host
        port = parts.port ?? (scheme == "https" ? 443 : 80)
    }
}
