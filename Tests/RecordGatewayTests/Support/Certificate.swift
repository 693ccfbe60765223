import Foundation
import NIOSSL
import TestSupport

/// A certificate for `localhost` and its key, made with the system's own OpenSSL.
struct Certificate {
    let folder: TemporaryFolder

    var chain: String { folder.path("chain.pem") }
    var key: String { folder.path("key.pem") }

    struct CannotMake: Error {}

    static func make() throws -> Certificate {
        let certificate = Certificate(folder: try TemporaryFolder())
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", certificate.key, "-out", certificate.chain,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CannotMake() }
        return certificate
    }

    /// A client that trusts this certificate and no other.
    func client(_ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(chain))
        change(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }
}

extension TemporaryFolder {
    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }
}
