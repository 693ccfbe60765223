package import Hummingbird
import NIOCore

/// What a route knows of the connection.
package struct GatewayContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The peer's network address without its port; empty where there is none.
    let peer: String

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? ""
    }
}
