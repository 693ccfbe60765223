import CryptoPrimitives
import Foundation
import RecordGateway

/// The address that clients sign: scheme, host and, if it is not the scheme's own, port. Nothing follows.
struct GatewayAddress {
    let text: TextLine
    let host: String
    let port: Int

    init(_ address: String) throws {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme, ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.path.isEmpty, parts.query == nil, parts.fragment == nil, parts.user == nil,
            (1...65_535).contains(parts.port ?? 1), let text = TextLine(address)
        else { throw Failure.usage("an address is a scheme, a host and perhaps a port, such as http://127.0.0.1:8460") }
        self.text = text
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = parts.port ?? (scheme == "https" ? 443 : 80)
    }

    /// Where a server listens, as those call it who need no other name for it.
    init(listeningOn configuration: GatewayServer.Configuration) throws {
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let (scheme, usual) = configuration.tls == nil ? ("http", 80) : ("https", 443)
        try self.init("\(scheme)://\(host)" + (configuration.port == usual ? "" : ":\(configuration.port)"))
    }
}
