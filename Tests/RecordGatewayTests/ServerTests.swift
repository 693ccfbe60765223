import CryptoPrimitives
import DurableFiles
import Foundation
import GatewayAPI
import NIOSSL
import RecordGateway
import RecordStorage
import SystemPackage
import TestSupport
import Testing

/// Off this machine a gateway speaks TLS 1.3 or not at all.
@Suite struct Transport {
    @Test(arguments: [
        "0.0.0.0", "::", "192.168.1.1", "10.0.0.1", "gateway.example", "", "127.evil.example", "127.0.0.1.evil.example",
        "128.0.0.1",
        "localhost.evil.example", "Localhost", "[::1]", "::ffff:127.0.0.1", "127.0.0", "127.0.0.1/8",
    ]) func `an address that others reach needs a certificate`(host: String) throws {
        #expect(throws: GatewayServer.ConfigurationError.tlsRequired) {
            try GatewayServer.Configuration(host: host, port: 0, tls: nil)
        }
        let files = GatewayServer.TLSFiles(certificateChain: "chain.pem", privateKey: "key.pem")
        #expect(throws: Never.self) { try GatewayServer.Configuration(host: host, port: 0, tls: files) }
    }

    @Test(arguments: ["127.0.0.1", "127.255.255.254", "localhost", "::1"]) func `loopback does not`(host: String) throws {
        #expect(throws: Never.self) { try GatewayServer.Configuration(host: host, port: 0, tls: nil) }
    }

    @Test func `a certificate or key that cannot be read is named, before anything listens`() async throws {
        let good = try Certificate.make()
        try good.folder.write("garbage", to: "garbage.pem")
        let garbage = good.folder.path("garbage.pem")
        let missing = good.folder.path("missing.pem")
        for (chain, key) in [(missing, good.key), (good.chain, missing), (garbage, good.key), (good.chain, garbage)] {
            var site = try GatewaySite()
            site.tls = .init(certificateChain: chain, privateKey: key)
            await #expect(throws: GatewayServer.ConfigurationError.certificateUnreadable) { try await site.serving { _ in } }
        }
    }

    private func serving(_ body: (RunningGateway, Certificate) async throws -> Void) async throws {
        let certificate = try Certificate.make()
        var site = try GatewaySite()
        site.tls = .init(certificateChain: certificate.chain, privateKey: certificate.key)
        try await site.serving { try await body($0, certificate) }
    }

    private static let health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test func `with a certificate, a client that trusts it is answered`() async throws {
        try await serving { gateway, certificate in
            let wire = try await Wire.connect(to: gateway.port, tls: try certificate.client())
            try await wire.send(Self.health)
            #expect(await wire.answer()?.status == 200)
            let message = gateway.sign(Town(gateway: gateway).admission(of: "hillside"), by: "north")
            try await wire.send(message.bytes)
            #expect(await wire.answer()?.status == 200)
            await wire.close()
        }
    }

    @Test func `without TLS, with an old one, or with another certificate nothing is said`() async throws {
        try await serving { gateway, certificate in
            let other = try Certificate.make()
            for tls in [try certificate.client { $0.maximumTLSVersion = .tlsv12 }, try other.client(), nil] {
                let wire = try await Wire.connect(to: gateway.port, tls: tls)
                try? await wire.send(Self.health)
                #expect(Answer.first(in: await wire.remainder()) == nil)
            }
            let wire = try await Wire.connect(to: gateway.port, tls: try certificate.client())
            try await wire.send(Self.health)
            #expect(await wire.answer()?.status == 200)
            await wire.close()
        }
    }
}

@Suite struct Shutdown {
    /// The upload is half here when the gateway is told to end. It is finished, stored and answered, and nobody else comes in.
    @Test func `what is in flight is finished, and nothing new is taken`() async throws {
        let site = try GatewaySite()
        let payload = try await site.serving { gateway in
            let town = try await Town.begun(gateway)
            let payload = town.sealed("lab 1", size: 200_000).payload
            let message = SignedMessage(
                PayloadPath.upload, payload, contentType: ContentType.payload, by: "hillside", at: gateway.now)
            let wire = try await Wire.connect(to: gateway.port)
            try await wire.send(message.head() + payload.prefix(100_000))
            let files = site.path.appending("payloads")
            while try DurableFile.names(in: files).isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            await gateway.stop()
            while let other = try? await Wire.connect(to: gateway.port) { await other.close() }
            try await wire.send(Array(payload.dropFirst(100_000)))
            let answer = try #require(await wire.answer())
            #expect(answer.status == 200)
            #expect(try StoredPayload(canonical: gateway.verified(answer, to: message)).payload == PayloadID(of: payload))
            #expect(await wire.remainder().isEmpty)
            return payload
        }
        let name = try #require(PayloadID(of: payload)).description
        #expect(try DurableFile.names(in: site.path.appending("payloads")) == [name])
    }

    @Test func `a connection that waits for nothing does not hold a gateway up`() async throws {
        try await GatewaySite().serving { gateway in
            let wire = try await Wire.connect(to: gateway.port)
            try await wire.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await wire.answer()?.status == 200)
            await gateway.stop()
            #expect(await wire.remainder().isEmpty)
        }
    }

    @Test func `a store is served once, and again after it was closed`() async throws {
        let site = try GatewaySite()
        try await site.serving { gateway in
            await #expect(throws: StoreError.inUse) { try await site.serving { _ in } }
            let answer = try await gateway.get("/health")
            #expect(answer.status == 200)
        }
        try await site.serving { gateway in
            let answer = try await gateway.get("/health")
            #expect(answer.status == 200)
        }
    }
}
