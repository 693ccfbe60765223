import NIOCore

/// Counts a connection for as long as it is there.
final class ConnectionCounter: ChannelInboundHandler, RemovableChannelHandler {
    /// Whatever comes goes on untouched.
    typealias InboundIn = NIOAny

    private let meter: GatewayMeter

    init(_ meter: GatewayMeter) {
        self.meter = meter
    }

    func handlerAdded(context: ChannelHandlerContext) { meter.opened() }
    func handlerRemoved(context: ChannelHandlerContext) { meter.closed() }
}
