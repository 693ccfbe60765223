import NIOCore
import NIOPosix

/// Tells a service manager that the gateway is ready: `sd_notify(3)`, a datagram to the socket that NOTIFY_SOCKET names.
package enum ServiceNotification {
    /// Does nothing where there is no such socket, or none that can be written to: who serves does not depend on who watches.
    package static func ready(_ socket: String?) async {
        // A name that begins with `@` is of the abstract kind, which service managers for the whole system do not use.
        guard let socket, socket.hasPrefix("/"),
            let channel = try? await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: socket).get()
        else { return }
        try? await channel.writeAndFlush(ByteBuffer(string: "READY=1\nSTATUS=Serving.\n"))
        try? await channel.close()
    }
}
