import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

@Suite struct Replays {
    private func expectUsed(_ gateway: RunningGateway, _ message: SignedMessage) async throws {
        try await gateway.expectNothingWritten {
            let answer = try await gateway.send(message)
            #expect(answer.status == 401)
            #expect(try APIError(canonical: answer.body).explanation.text == "this message was sent before")
        }
    }

    @Test func `a message is taken once`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            let message = town.gateway.sign(town.requesting("grant", by: "lakeside"), by: "lakeside")
            #expect(try await town.gateway.send(message).status == 200)
            for _ in 0..<3 { try await expectUsed(town.gateway, message) }
        }
    }

    /// Who reads leaves no leaf, and yet a copy of his message must not read again.
    @Test func `a message that only reads is taken once`() async throws {
        try await GatewaySite.town { town in
            for message in [
                town.gateway.sign(ListRecords(), by: Town.laboratory), town.gateway.sign(FetchMessages(after: nil), by: "lakeside"),
            ] {
                #expect(try await town.gateway.send(message).status == 200)
                try await expectUsed(town.gateway, message)
            }
        }
    }

    /// A refusal uses the message up too: what was refused yesterday must not be allowed today by somebody else's hand.
    @Test func `a message that was refused is used up`() async throws {
        try await GatewaySite.town { town in
            let message = town.gateway.sign(town.requesting("grant", by: "newcomer"), by: "newcomer")
            #expect(try await town.gateway.send(message).status == 403)
            try await town.admit("newcomer")
            try await expectUsed(town.gateway, message)
        }
    }

    @Test func `of many copies sent at once one is taken`() async throws {
        try await GatewaySite.town { town in
            let gateway = town.gateway
            let message = gateway.sign(town.requesting("grant", by: "lakeside"), by: "lakeside")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<12 { group.addTask { try await gateway.send(message).status } }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 401: 11])
        }
    }

    @Test func `a message is taken once, also after the gateway was closed and opened again`() async throws {
        let site = try GatewaySite()
        let message = try await site.serving { gateway in
            let town = try await Town.begun(gateway)
            let message = gateway.sign(town.requesting("grant", by: "lakeside"), by: "lakeside")
            #expect(try await gateway.send(message).status == 200)
            return message
        }
        try await site.serving { gateway in try await expectUsed(gateway, message) }
    }

    /// The same key, nonce and second in another signature are still the same nonce.
    @Test func `a nonce is one key's own`() async throws {
        try await GatewaySite.town { town in
            let message = town.gateway.sign(FetchMessages(after: nil), by: "lakeside")
            let first = try await town.gateway.send(message)
            #expect(first.status == 200)
            for name in ["lakeside", "hillside"] {
                #expect(try await town.gateway.call(FetchMessages(after: nil), by: name).messages.isEmpty)
            }
        }
    }

    /// Nonces are in no order, and networks keep none. A gateway that took only the newest message of a key would lose the others.
    @Test func `messages that come in another order than they were signed in are answered, each once`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            let gateway = town.gateway
            let calls = [town.requesting("grant", by: "lakeside"), town.requesting("grant", by: "lakeside")]
            let first = gateway.sign(calls[0], by: "lakeside")
            gateway.site.clock.advance(by: 1)
            let second = gateway.sign(calls[1], by: "lakeside")
            var answers: [Answer] = []
            var leaves: [UInt64] = []
            for (message, call, other) in [(second, calls[1], first), (first, calls[0], second)] {
                let answer = try await gateway.send(message)
                #expect(answer.status == 200)
                let decision = try RequestRecords.Answer(canonical: try gateway.verified(answer, to: message)).decision
                try gateway.verify(decision)
                if case .decision(let decided) = decision.leaf.entry.event, case .released(let release) = decided.outcome {
                    #expect(release.request == RequestHash(of: call.request))
                } else {
                    Issue.record("nothing was released")
                }
                // What answers one message is no answer to another.
                #expect(throws: MessageSignatureError.self) { try gateway.verified(answer, to: other) }
                answers.append(answer)
                leaves.append(decision.index)
            }
            #expect(leaves.count == 2 && leaves[0] + 1 == leaves[1] && answers[0].body != answers[1].body)
            for message in [first, second] { try await expectUsed(gateway, message) }
        }
    }

    /// Nonces are thrown away when a gateway starts and every minute after that. One that could still be used must stay.
    @Test func `a nonce is forgotten when its message has expired, and not before`() async throws {
        let site = try GatewaySite()
        let later = try await site.serving { gateway in
            _ = try await Town.begun(gateway)
            site.clock.advance(by: 2)
            let message = gateway.sign(FetchMessages(after: nil), by: "lakeside")
            #expect(try await gateway.send(message).status == 200)
            return message
        }
        #expect(try site.count("nonce") > 1)
        // The last second in which the later message would be taken, if it were new.
        site.clock.advance(by: RequestSignature.lifetime + RequestSignature.clockSkew - 1)
        try await site.serving { gateway in
            while try site.count("nonce") > 1 { try await Task.sleep(for: .milliseconds(10)) }
            try await expectUsed(gateway, later)
        }
        site.clock.advance(by: 2)
        try await site.serving { gateway in
            while try site.count("nonce") > 0 { try await Task.sleep(for: .milliseconds(10)) }
            let answer = try await gateway.send(later)
            #expect(answer.status == 401)
            #expect(try APIError(canonical: answer.body).explanation.text != "this message was sent before")
        }
    }
}

/// The same request in a new message: the message is good, the request has been answered.
@Suite struct RequestReplays {
    @Test func `a request is answered once, released or refused, also after a restart`() async throws {
        let site = try GatewaySite()
        let calls = try await site.serving { gateway in
            var town = try await Town.begun(gateway)
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            let calls = [town.requesting("grant", by: "lakeside"), town.requesting("none", by: "lakeside")]
            for call in calls {
                _ = try await gateway.call(call, by: "lakeside")
                try await gateway.expect(.alreadyAnswered, call, by: "lakeside")
            }
            return calls
        }
        try await site.serving { gateway in
            for call in calls { try await gateway.expect(.alreadyAnswered, call, by: "lakeside") }
        }
    }

    /// What counts is the request and not the signature beside it, of which there may be many.
    @Test func `a request with another release signature is the same request`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            let call = town.requesting("grant", by: "lakeside")
            let unsigned = RequestRecords(request: call.request, releaseSignature: key("other").sign([]))
            try await town.expectRefused(unsigned, by: "lakeside", .releaseNotSigned)
            try await town.gateway.expect(.alreadyAnswered, call, by: "lakeside")
        }
    }

    @Test func `of many copies of a request one is answered`() async throws {
        try await GatewaySite.town { town in
            let (gateway, call) = (town.gateway, town.requesting("grant", by: "lakeside"))
            let codes = try await withThrowingTaskGroup(of: APIError.Code?.self) { group in
                for _ in 0..<12 { group.addTask { try await gateway.refusal(of: call, by: "lakeside") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1 && codes.count { $0 == .alreadyAnswered } == 11)
            #expect(try gateway.site.count("leaf") == 6)
        }
    }
}
