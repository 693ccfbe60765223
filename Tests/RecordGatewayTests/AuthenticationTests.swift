import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// Everything that is wrong with a message's signature gets the same answer and leaves nothing behind.
@Suite struct Authentication {
    private func expectUnauthenticated(
        _ gateway: RunningGateway, _ message: SignedMessage, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await gateway.expectNothingWritten(sourceLocation: sourceLocation) {
            let answer = try await gateway.send(message)
            #expect(answer.status == 401, sourceLocation: sourceLocation)
            #expect(try APIError(canonical: answer.body).code == .unauthenticated, sourceLocation: sourceLocation)
        }
    }

    private func request(_ town: Town) -> SignedMessage {
        town.gateway.sign(town.requesting("grant", by: "lakeside"), by: "lakeside")
    }

    @Test func `a signed message is answered, and the answer is the member's, to this message`() async throws {
        try await GatewaySite.town { town in
            let message = request(town)
            let answer = try await town.gateway.send(message)
            #expect(answer.status == 200)
            _ = try town.gateway.verified(answer, to: message)
            #expect(throws: MessageSignatureError.notAuthentic) {
                try town.gateway.verified(answer, to: request(town))
            }
            let elsewhere = SignedMessage(ListRecords.path, message.body, by: "lakeside", at: town.gateway.now)
            #expect(throws: MessageSignatureError.notAuthentic) {
                try town.gateway.verified(answer, to: elsewhere.changed { $0.fields[.signature] = message.signature })
            }
        }
    }

    @Test func `a refusal is signed like an answer`() async throws {
        try await GatewaySite.town { town in
            let message = request(town).changed { $0.body.append(0) }
            let answer = try await town.gateway.send(message)
            #expect(try APIError(canonical: town.gateway.verified(answer, to: message)).code == .unauthenticated)
        }
    }

    @Test func `an unsigned message is refused, with no signature to bind an answer to`() async throws {
        try await GatewaySite.town { town in
            for name in [HTTPField.Name.signature, .signatureInput, .contentDigest] {
                try await expectUnauthenticated(town.gateway, request(town).changed { $0.fields[name] = nil })
            }
            let answer = try await town.gateway.send(request(town).changed { $0.fields[.signature] = nil })
            #expect(answer.fields[.signature] == nil)
        }
    }

    @Test func `a message signed by another key than it names is refused`() async throws {
        try await GatewaySite.town { town in
            let other = "\(publicKey("hillside"))"
            try await expectUnauthenticated(
                town.gateway, request(town).changing(.signatureInput) { $0.replacing("\(publicKey("lakeside"))", with: other) })
        }
    }

    @Test(arguments: [-180, -3_600, 61, 3_600, 1 << 40] as [Int64])
    func `a message from another time is refused`(seconds: Int64) async throws {
        try await GatewaySite.town { town in
            let call = town.requesting("grant", by: "lakeside")
            try await expectUnauthenticated(
                town.gateway, SignedMessage(call, by: "lakeside", at: town.gateway.now + seconds))
        }
    }

    @Test(arguments: [-179, -1, 0, 60] as [Int64])
    func `clocks may be a minute apart`(seconds: Int64) async throws {
        try await GatewaySite.town { town in
            let call = town.requesting("grant", by: "lakeside")
            let answer = try await town.gateway.send(SignedMessage(call, by: "lakeside", at: town.gateway.now + seconds))
            #expect(answer.status == 200)
        }
    }

    @Test func `a message that was signed for another path, host or content type is refused`() async throws {
        try await GatewaySite.town { town in
            let message = request(town)
            let elsewhere = SignedMessage(ListRecords.path, message.body, by: "lakeside", at: town.gateway.now)
            try await expectUnauthenticated(town.gateway, elsewhere.changed { $0.path = RequestRecords.path })
            let text = SignedMessage(
                RequestRecords.path, message.body, contentType: "text/plain", by: "lakeside", at: town.gateway.now)
            try await expectUnauthenticated(town.gateway, text.changed { $0.fields[.contentType] = ContentType.message })
            var fields: HTTPFields = [.contentType: ContentType.message]
            let target = RequestSignature.Target(
                method: .post, uri: "http://other.example" + RequestRecords.path, contentType: ContentType.message)
            _ = RequestSignature.sign(
                target, digest: ContentDigest(of: message.body), with: key("lakeside"), at: town.gateway.now, fields: &fields)
            try await expectUnauthenticated(town.gateway, message.changed { $0.fields = fields })
        }
    }

    /// No call has these, so nothing is looked at: neither the signature nor the body.
    @Test func `another content type and a path with parameters are no call`() async throws {
        try await GatewaySite.town { town in
            let wrong = [
                request(town).changed { $0.fields[.contentType] = "text/plain" }, request(town).changed { $0.path += "?a=b" },
                request(town).changed { $0.fields[.contentType] = nil },
            ]
            for message in wrong {
                try await town.gateway.expectNothingWritten {
                    let answer = try await town.gateway.send(message)
                    #expect(answer.status == 400)
                    #expect(try APIError(canonical: answer.body).code == .malformed)
                }
            }
        }
    }

    @Test func `a body that is not the one that was signed is refused`() async throws {
        try await GatewaySite.town { town in
            let message = request(town)
            for index in [0, message.body.count / 2, message.body.count - 1] {
                try await expectUnauthenticated(town.gateway, request(town).changed { $0.body[index] ^= 1 })
            }
            try await expectUnauthenticated(town.gateway, request(town).changed { $0.body = [] })
            try await expectUnauthenticated(town.gateway, request(town).changed { $0.body.removeLast() })
            let other = ContentDigest(of: [1]).fieldValue
            try await expectUnauthenticated(town.gateway, request(town).changed { $0.fields[.contentDigest] = other })
        }
    }

    @Test func `two signatures, another tag and another label are refused`() async throws {
        try await GatewaySite.town { town in
            let message = request(town)
            let gateway = town.gateway
            try await expectUnauthenticated(
                gateway, message.changing(.signatureInput) { $0.replacing("cordon/v1", with: "cordon/v2") })
            try await expectUnauthenticated(gateway, message.changing(.signatureInput) { $0.replacing("sig=", with: "sig2=") })
            try await expectUnauthenticated(gateway, message.changing(.signature) { "\($0), \($0.replacing("sig=", with: "b="))" })
            try await expectUnauthenticated(gateway, message.changing(.signature) { "\($0), \($0)" })
            for name in [HTTPField.Name.signature, .signatureInput, .contentDigest] {
                let twice = message.changed { $0.fields.append(HTTPField(name: name, value: $0.fields[name] ?? "")) }
                try await expectUnauthenticated(gateway, twice)
            }
        }
    }

    @Test func `every call needs a signature`() async throws {
        let paths = [
            PostEntry.path, FetchRecipientList.path, DepositRecords.path, RequestRecords.path, ListRecords.path, AddHeaders.path,
            FetchHistory.path, EraseRecords.path, ExportEvidence.path, SendMessage.path, FetchMessages.path, DeleteMessages.path,
            StoreBackup.path, FetchBackup.path, FetchPayload.path, FetchOwnPayload.path, PayloadPath.upload,
            ListPayloads.path, FetchNamedPayload.path, PostAnchors.path,
        ]
        try await GatewaySite.town { town in
            for path in paths {
                let type = path == PayloadPath.upload ? ContentType.payload : ContentType.message
                let message = SignedMessage(path, [0], contentType: type, by: "north", at: town.gateway.now)
                try await expectUnauthenticated(town.gateway, message.changed { $0.fields[.signature] = nil })
            }
        }
    }
}
