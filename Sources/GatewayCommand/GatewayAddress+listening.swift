import GatewayAPI
import RecordGateway

extension GatewayAddress {
    /// Where a server listens, as those call it who need no other name for it.
    init(listeningOn configuration: GatewayServer.Configuration) throws {
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let (scheme, usual) = configuration.tls == nil ? ("http", 80) : ("https", 443)
        try self.init(checking: "\(scheme)://\(host)" + (configuration.port == usual ? "" : ":\(configuration.port)"))
    }
}
