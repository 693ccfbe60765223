import AccessPolicy
import CryptoPrimitives
import Foundation
import GatewayAPI
import HTTPTypes
import MedicalRecords
import NIOCore
import SharingContract
import TestSupport

/// Requests as they go over the wire.
enum SignedCall {
    /// What clients sign. It need not be where they connect to.
    static let address = "http://127.0.0.1:8460"

    static func hello(_ path: String) -> ByteBuffer {
        ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    }

    struct Question: Sendable {
        var grant = BenchmarkStore.grant
        var filter = Filter.all
        var purpose = PurposeOfUse.treatment
    }

    /// A request as nobody has made it before.
    static func release(
        by clinic: borrowing Ed25519.PrivateKey, releaseKey: borrowing Ed25519.PrivateKey, _ question: Question = Question()
    ) -> ByteBuffer {
        let origin = World().origin
        let request = Request(
            origin: origin, grant: publicKey(question.grant), filter: question.filter, purpose: question.purpose,
            staff: line("Dr. Okafor"),
            actor: clinic.publicKey, nonce: .random())
        let bytes = request.canonicalBytes
        let signed = RequestHash(of: bytes).releaseBytes(grant: request.grant)
        let call = RequestRecords(request: bytes, releaseSignature: releaseKey.sign(.release, origin: origin, signed))
        return message(RequestRecords.path, call.canonicalBytes, by: clinic)
    }

    static func payload(behind ticket: Bytes32, by clinic: borrowing Ed25519.PrivateKey) -> ByteBuffer {
        message(FetchPayload.path, FetchPayload(ticket: ticket).canonicalBytes, by: clinic)
    }

    /// The ticket of the one record that an answer releases.
    static func ticket(in answer: ByteBuffer) throws -> Bytes32 {
        let answer = try RequestRecords.Answer(canonical: Array(answer.readableBytesView))
        guard case .released(let items, _) = answer.outcome, items.count == 1 else { throw LoadError.notReleased }
        return items[0].ticket
    }

    private static func message(_ path: String, _ body: [UInt8], by signer: borrowing Ed25519.PrivateKey) -> ByteBuffer {
        let target = RequestSignature.Target(method: .post, uri: address + path, contentType: ContentType.message)
        var fields: HTTPFields = [.contentType: ContentType.message]
        let now = Int64(Date().timeIntervalSince1970)
        _ = RequestSignature.sign(target, digest: ContentDigest(of: body), with: signer, at: now, fields: &fields)
        var head = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n"
        for field in fields { head += "\(field.name.rawName): \(field.value)\r\n" }
        var buffer = ByteBuffer(string: head + "\r\n")
        buffer.writeBytes(body)
        return buffer
    }
}
