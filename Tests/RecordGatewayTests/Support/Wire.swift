import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A TCP connection that carries exactly the bytes a test gives it, in whatever pieces and however rude.
final class Wire: Sendable {
    private let channel: any Channel
    private let pieces: AsyncStream<[UInt8]>
    /// Came after the last answer.
    private let pending = Mutex<[UInt8]>([])

    private init(_ channel: any Channel, _ pieces: AsyncStream<[UInt8]>) {
        self.channel = channel
        self.pieces = pieces
    }

    /// - Parameters:
    ///   - source: the address to come from: all of 127.0.0.0/8 is this machine.
    ///   - isReading: whether what comes is taken in at all.
    static func connect(
        to port: Int, from source: String? = nil, tls: NIOSSLContext? = nil, isReading: Bool = true
    ) async throws -> Wire {
        let (pieces, continuation) = AsyncStream<[UInt8]>.makeStream()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: isReading)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(try NIOSSLClientHandler(context: tls, serverHostname: "localhost")) }
                    try pipeline.addHandler(Collector(pieces: continuation))
                }
            }
        if let source { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source, port: 0)) }
        return Wire(try await bootstrap.connect(host: "127.0.0.1", port: port).get(), pieces)
    }

    /// Throws when the other side has hung up.
    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    /// The next answer, whole or as far as it came before the connection ended; `nil` if nothing came before that.
    func answer() async -> Answer? {
        var bytes = pending.withLock { $0 }
        if let (answer, rest) = Answer.first(in: bytes), answer.isWhole { return keep(rest, answer) }
        for await piece in pieces {
            bytes += piece
            if let (answer, rest) = Answer.first(in: bytes), answer.isWhole { return keep(rest, answer) }
        }
        return Answer.first(in: bytes)?.answer
    }

    /// What comes until the other side hangs up.
    func remainder() async -> [UInt8] {
        var bytes = pending.withLock { $0 }
        for await piece in pieces { bytes += piece }
        return bytes
    }

    private func keep(_ rest: [UInt8], _ answer: Answer) -> Answer {
        pending.withLock { $0 = rest }
        return answer
    }

    var isOpen: Bool { channel.isActive }

    func close() async {
        try? await channel.close().get()
    }
}

private final class Collector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    let pieces: AsyncStream<[UInt8]>.Continuation

    init(pieces: AsyncStream<[UInt8]>.Continuation) {
        self.pieces = pieces
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pieces.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) {
        pieces.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
