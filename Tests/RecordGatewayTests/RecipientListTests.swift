import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// A record is sealed to the newest list or it is not taken, and lists follow one another without a gap.
@Suite struct RecipientLists {
    @Test func `a deposit under any list but the newest is refused`() async throws {
        try await GatewaySite.town { town in
            let first = town.list(Town.laboratory)
            try await town.grant("grant", to: "lakeside")
            let second = town.list(Town.laboratory)
            try await town.revoke("grant")
            let newest = town.list(Town.laboratory)
            let record = town.sealed("lab 1")
            try await town.upload(record.payload)
            // Signed, and never posted.
            let future = town.world.list(Town.laboratory, after: newest)
            let rival = town.world.list(Town.laboratory, after: second, grants: ["rival"])
            for list in [first, second, future, rival, town.world.list("ana/general")] {
                try await town.gateway.expect(.listNotNewest, town.depositing([record], list: list), by: "hillside")
            }
            #expect(try await town.gateway.refusal(of: town.depositing([record]), by: "hillside") == nil)
        }
    }

    @Test func `of two grants made from one list the second is refused, and made again it is taken`() async throws {
        try await GatewaySite.town { town in
            let late = town.granting("late", to: "hillside")
            try await town.grant("early", to: "lakeside")
            try await town.gateway.expect(.listNotNewest, late, by: Town.laboratory)
            try await town.grant("late", to: "hillside")
            #expect(town.list(Town.laboratory).recipients.count == 2)
        }
    }

    @Test func `of many grants made at once from one list one is taken`() async throws {
        try await GatewaySite.town { town in
            let gateway = town.gateway
            let grants = (0..<8).map { town.granting("grant \($0)", to: "lakeside") }
            let codes = try await withThrowingTaskGroup(of: APIError.Code?.self) { group in
                for grant in grants { group.addTask { try await gateway.refusal(of: grant, by: Town.laboratory) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1 && codes.count { $0 == .listNotNewest } == 7)
        }
    }

    @Test func `a deposit and a grant at once: the record is sealed to the grant, or refused`() async throws {
        try await GatewaySite.town { town in
            let record = town.sealed("lab 1")
            try await town.upload(record.payload)
            let (gateway, deposit, grant) = (town.gateway, town.depositing([record]), town.granting("grant", to: "lakeside"))
            async let granted = gateway.refusal(of: grant, by: Town.laboratory)
            async let deposited = gateway.refusal(of: deposit, by: "hillside")
            let codes = try await (granted, deposited)
            #expect(codes.0 == nil && [nil, .listNotNewest].contains(codes.1))
            let own = try await gateway.call(ListRecords(missing: recipient("grant").name), by: Town.laboratory)
            #expect(own.records.count == (codes.1 == nil ? 1 : 0))
        }
    }

    /// Each of these would give a reader to records who is not on the list, or hide one who is.
    @Test func `a list that does not follow is refused`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("first", to: "lakeside")
            let (world, newest) = (town.world, town.list(Town.laboratory))
            let wrong: [(APIError.Code, RecipientList?)] = [
                (.malformed, nil), (.malformed, world.list("ana/general", after: newest, grants: ["grant"])),
                (.malformed, world.list(Town.laboratory, after: newest)),
                (.listNotNewest, world.list(Town.laboratory, grants: ["grant"])),
                (.listNotNewest, world.list(Town.laboratory, after: world.list(Town.laboratory), grants: ["grant"])),
                (.listNotNewest, otherOwn(town, newest)), (.refused, unsigned(town, newest)),
            ]
            for (code, list) in wrong {
                let call = granting(town, list)
                try await town.gateway.expect(code, call, by: Town.laboratory)
            }
            let good = granting(town, world.list(Town.laboratory, after: newest, grants: ["first", "grant"]))
            #expect(try await town.gateway.refusal(of: good, by: Town.laboratory) == nil)
        }
    }

    /// A grant whose body names the list that comes with it.
    private func granting(_ town: Town, _ list: RecipientList?) -> PostEntry {
        let world = town.world
        let body = world.grantBody(
            "grant", in: Town.laboratory, to: "lakeside", list: list ?? world.list(Town.laboratory),
            compilation: ConsentCompiler.compile([0, 3, 1, 1, 0, 2, 0], town.scope("grant", to: "lakeside")).hash)
        let evidence = world.evidence(body)
        return PostEntry(
            entry: world.entry(.grant(world.grant("grant")), by: ["grant"], evidence: evidence), evidence: evidence, list: list)
    }

    private func otherOwn(_ town: Town, _ newest: RecipientList) -> RecipientList {
        RecipientList(
            signingWith: key(Town.laboratory), origin: town.world.origin, following: newest, own: recipient("thief"),
            recipients: [recipient("grant")])
    }

    private func unsigned(_ town: Town, _ newest: RecipientList) -> RecipientList? {
        var bytes = town.world.list(Town.laboratory, after: newest, grants: ["grant"]).canonicalBytes
        bytes[bytes.count - 1] ^= 1
        return try? RecipientList(canonical: bytes)
    }

    @Test func `a list that is not the one the body names is refused`() async throws {
        try await GatewaySite.town { town in
            let call = town.granting("grant", to: "lakeside")
            let other = town.world.list(Town.laboratory, after: town.list(Town.laboratory), grants: ["grant", "thief"])
            let swapped = PostEntry(entry: call.entry, evidence: call.evidence, list: other)
            try await town.gateway.expect(.malformed, swapped, by: Town.laboratory)
        }
    }

    @Test func `a list is read by its patient, and by who may deposit`() async throws {
        try await GatewaySite.town { town in
            let (gateway, world, laboratory) = (town.gateway, town.world, publicKey(Town.laboratory))
            let permission = world.permission(Town.laboratory, for: "hillside")
            let own = FetchRecipientList(compartment: laboratory)
            let theirs = FetchRecipientList(compartment: laboratory, permission: permission)
            #expect(try await gateway.call(own, by: Town.laboratory) == town.list(Town.laboratory))
            #expect(try await gateway.call(theirs, by: "hillside") == town.list(Town.laboratory))
            for name in ["lakeside", "auditor", "north", "stranger"] {
                try await gateway.expect(.forbidden, theirs, by: name)
                try await gateway.expect(.forbidden, own, by: name)
            }
            let elsewhere = world.permission("ana/general", for: "hillside")
            try await gateway.expect(.forbidden, FetchRecipientList(compartment: laboratory, permission: elsewhere), by: "hillside")
            var bytes = permission.canonicalBytes
            bytes[bytes.count - 1] ^= 1
            let flipped = try DepositPermission(canonical: bytes)
            try await gateway.expect(.forbidden, FetchRecipientList(compartment: laboratory, permission: flipped), by: "hillside")
        }
    }
}
