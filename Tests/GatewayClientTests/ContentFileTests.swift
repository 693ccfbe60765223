import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import Foundation
import GatewayAPI
import NIOCore
import SharingContract
import SystemPackage
import TestSupport
import Testing

@testable import GatewayClient

/// Files that are deposited without being held in memory.
@Suite struct ContentFileTests {
    private let folder: TemporaryFolder
    private var path: FilePath { FilePath(folder.path("scan.dcm")) }
    private let content = Random.bytes(3_000_000)

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file() throws -> ContentFile {
        try DurableFile.write(content, to: path)
        return try #require(try ContentFile(path))
    }

    private func seal(_ content: DepositItem.Content) async throws -> SealedRecord {
        let key = Ed25519.PrivateKey.random()
        let subject = SealedRecord.Subject(origin: try #require(TextLine("north")), compartment: key.publicKey, facts: [])
        return try await SealedRecord(content, subject, depositor: key, folder: FilePath(folder.url.path))
    }

    private func failure(_ body: () async throws -> Void) async -> FileError? {
        do {
            try await body()
            return nil
        } catch ClientError.localData(.file(let error, _)) {
            return error
        } catch {
            return nil
        }
    }

    @Test func `its digest is that of its bytes, and its start is where it starts`() throws {
        let file = try file()
        #expect(try file.digest() == SHA256.hash(content))
        #expect(try file.start(100) == Array(content.prefix(100)))
        #expect(try file.start(4_000_000) == content)
    }

    /// A sparse file, so nothing of this size is written or read.
    @Test func `a file whose payload no gateway takes is refused when it is opened`() async throws {
        let most = try #require(PayloadLayout(payloadSize: PayloadPath.maximumSize)).plaintextSize
        _ = try file()
        #expect(truncate(path.string, Int(most)) == 0)
        #expect(try ContentFile(path)?.size == most)
        #expect(truncate(path.string, Int(most + 1)) == 0)
        #expect(await failure { _ = try ContentFile(path) } == .tooLarge)
    }

    @Test func `a record sealed from a file is named and digested as what was written says`() async throws {
        let file = try file()
        let sealed = try await seal(.file(file))
        var payload: [UInt8] = []
        for try await piece in sealed.pieces { payload += piece.readableBytesView }
        #expect(PayloadID(of: payload) == sealed.descriptor.payload)
        #expect(SHA256.hash(payload) == sealed.digest)
        #expect(PayloadLayout(payloadSize: UInt64(payload.count))?.plaintextSize == 3_000_000)
    }

    @Test func `what is sealed has no name that a killed process could leave behind`() async throws {
        let sealed = try await seal(.bytes(content))
        #expect(try DurableFile.names(in: FilePath(folder.url.path)).isEmpty)
        withExtendedLifetime(sealed) {}
    }

    @Test func `a file that became shorter is refused, and nothing of it stays`() async throws {
        let file = try file()
        let descriptor = try FileDescriptor.open(path, .writeOnly)
        try descriptor.resize(to: 2_500_000)
        try descriptor.close()
        #expect(await failure { _ = try await seal(.file(file)) } == .changed)
        #expect(await failure { _ = try file.digest() } == .changed)
        #expect(try DurableFile.names(in: FilePath(folder.url.path)) == ["scan.dcm"])
    }

    @Test func `a file that became longer since it was opened is refused`() async throws {
        let file = try file()
        try DurableFile.append([1], to: path, at: 3_000_000)
        #expect(await failure { _ = try await seal(.file(file)) } == .changed)
        #expect(try DurableFile.names(in: FilePath(folder.url.path)) == ["scan.dcm"])
    }

    @Test func `a pipe or a device is not read this way, and no file is not there`() async throws {
        #expect(try ContentFile("/dev/null") == nil)
        #expect(await failure { _ = try ContentFile(path) } == .notFound)
    }
}
