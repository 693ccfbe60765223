import Foundation
import TestSupport

/// Something between a mirror and its gateway that hands everything on, and large payloads as the file `lie` in the workshop says.
struct LyingProxy: Sendable {
    let workshop: Workshop
    /// Where the gateway itself listens; what clients know and sign is the proxy's.
    let behind = LoopbackPort.next()

    enum Lie: String, CaseIterable {
        /// A byte is changed, the last ones are missing, more follow, it never ends, the connection ends.
        case flip, fewer, more, endless, cut
        /// Half of it, and then nothing.
        case stall
        /// The list of payloads is replaced by an empty one.
        case empty
    }

    func tell(_ lie: Lie?) throws {
        try Data((lie?.rawValue ?? "").utf8).write(to: workshop.folder.url.appending(path: "lie"))
    }

    /// Runs beside the gateway while `body` does.
    func serving(_ body: @Sendable () async throws -> Void) async throws {
        try tell(nil)
        try await workshop.done(
            """
            cat > proxy.py; /usr/bin/python3 proxy.py ${A##*:} \(behind) > proxy.log 2>&1 & echo $! > proxy.pid
            for i in $(seq 600); do grep -q ready proxy.log && exit 0; sleep 0.05; done; exit 1
            """, input: Self.source)
        do {
            try await workshop.serving(options: ["--port", "\(behind)"]) { _ in try await body() }
        } catch {
            _ = try? await workshop.done("kill $(cat proxy.pid)")
            throw error
        }
        try await workshop.done("kill $(cat proxy.pid)")
    }

    private static let source = """
        import http.client, http.server, sys, time
        port, behind = int(sys.argv[1]), int(sys.argv[2])

        def lie():
            with open('lie') as file: return file.read()

        class Proxy(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def log_message(self, *arguments): pass
            def do_GET(self): self.hand_on(None)
            def do_POST(self): self.hand_on(self.rfile.read(int(self.headers.get('Content-Length') or 0)))

            def hand_on(self, body):
                connection = http.client.HTTPConnection('127.0.0.1', behind)
                headers = {n: v for n, v in self.headers.items() if n.lower() not in ('host', 'connection')}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                data, kind = answer.read(), lie()
                if answer.status != 200: kind = ''
                elif self.path == '/v1/mirror/payloads': kind = kind if kind == 'empty' else ''
                elif self.path != '/v1/mirror/payload' or len(data) < 65536: kind = ''
                if kind == 'flip': data = data[:100000] + bytes([data[100000] ^ 1]) + data[100001:]
                if kind == 'fewer': data = data[:-1]
                if kind == 'more': data = data + b'x'
                if kind == 'empty': data = bytes(3)
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ('content-length', 'connection', 'transfer-encoding'): self.send_header(name, value)
                if kind == 'endless': self.send_header('Transfer-Encoding', 'chunked')
                else: self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                if kind == 'endless':
                    while True: self.wfile.write(b'%x\\r\\n' % len(data) + data + b'\\r\\n')
                if kind in ('cut', 'stall'):
                    self.wfile.write(data[:len(data) // 2])
                    self.wfile.flush()
                    while kind == 'stall' and lie() == 'stall': time.sleep(0.05)
                    self.close_connection = True
                    return
                self.wfile.write(data)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            def handle_error(self, request, address): pass

        server = Server(('127.0.0.1', port), Proxy)
        print('ready', flush=True)
        server.serve_forever()

        """
}
