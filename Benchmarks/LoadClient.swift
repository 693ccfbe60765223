import NIOCore
import NIOPosix

/// Clients that send one request after another, each as soon as the answer to the last is whole, over connections that stay open. They
/// share one thread, and the same ones put their questions to us and to the peers.
enum LoadClient {
    /// What one client sends: told the last answer's body, it gives the next request, `nil` when it has had enough.
    typealias Script = (ByteBuffer?) throws -> ByteBuffer?

    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// The time from the first request to the last answer. Connections are made before.
    static func run(port: Int, clients: Int, _ script: @escaping @Sendable (Int) -> Script) async throws -> Duration {
        let loop = group.next()
        var channels: [any Channel] = []
        let ends = (0..<clients).map { _ in loop.makePromise(of: Void.self) }
        for (number, end) in ends.enumerated() {
            let channel = try await ClientBootstrap(group: loop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Sender(script: script(number), end: end))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            channels.append(channel)
        }
        let start = ContinuousClock.now
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(Start()) }
        for end in ends { try await end.futureResult.get() }
        let time = ContinuousClock.now - start
        for channel in channels { try await channel.close() }
        return time
    }

    fileprivate struct Start: Sendable {}
}

enum LoadError: Error {
    /// The server refused, or hung up.
    case refused(String)
    case notReleased
}

private final class Sender: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: LoadClient.Script
    private let end: EventLoopPromise<Void>
    private var received = ByteBuffer()

    init(script: @escaping LoadClient.Script, end: EventLoopPromise<Void>) {
        self.script = script
        self.end = end
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is LoadClient.Start { sendNext(context, after: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.writeBuffer(&buffer)
        do {
            guard let body = try body() else { return }
            received.clear()
            sendNext(context, after: body)
        } catch {
            end.fail(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end.fail(LoadError.refused("hung up"))
    }

    private func sendNext(_ context: ChannelHandlerContext, after body: ByteBuffer?) {
        do {
            guard let request = try script(body) else {
                end.succeed()
                return
            }
            context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        } catch {
            end.fail(error)
        }
    }

    /// The body of the answer, `nil` while it is not whole.
    private func body() throws -> ByteBuffer? {
        guard let end = received.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: received.readableBytesView[..<end.lowerBound], as: UTF8.self)
        guard head.hasPrefix("HTTP/1.1 200") else { throw LoadError.refused(String(head.prefix(64))) }
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        guard let count = length?.split(separator: " ").last.flatMap({ Int($0) }) else { throw LoadError.refused("no length") }
        return received.getSlice(at: end.upperBound, length: count)
    }
}
