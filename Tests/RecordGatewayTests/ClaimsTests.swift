import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// Claims that come with a record, from their deposit to the patient.
@Suite struct DepositedClaims {
    /// Two records whose payloads are here, the first with claims.
    private func begun(_ body: (inout Town, SealedRecord) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            let record = town.sealed("lab 1", claims: Town.claims("lab 1"))
            try await town.upload(record.payload)
            try await body(&town, record)
        }
    }

    private func own(_ town: Town, after position: UInt64? = nil) async throws -> ListClaims.Answer {
        try await town.gateway.call(ListClaims(after: position), by: Town.laboratory)
    }

    @Test func `the patient gets the file, under the position of its record, and the same deposit again changes nothing`()
        async throws
    {
        try await begun { town, record in
            let call = town.depositing([record])
            let answer = try await town.gateway.call(call, by: "hillside")
            #expect(try await town.gateway.call(call, by: "hillside").posted.index == answer.posted.index)
            let stored = try #require(try await town.gateway.call(ListRecords(), by: Town.laboratory).records.first)
            let page = try await own(town)
            #expect(page.items == [.init(position: stored.position, file: Town.claims("lab 1").file)] && !page.hasMore)
            #expect(try await own(town, after: stored.position).items.isEmpty)
            #expect(try await own(town, after: .max).items.isEmpty)
            #expect(try await town.gateway.store.read { try $0.waitingAnchors() } == 3)
        }
    }

    @Test func `nobody else gets it`() async throws {
        try await begun { town, record in
            _ = try await town.gateway.call(town.depositing([record]), by: "hillside")
            for name in ["hillside", "lakeside", "auditor", "north", "stranger"] {
                try await town.gateway.expect(.forbidden, ListClaims(), by: name)
            }
            try await town.open("ben/laboratory")
            #expect(try await town.gateway.call(ListClaims(), by: "ben/laboratory").items.isEmpty)
        }
    }

    @Test func `claims are those that the descriptor names, and there if it names any`() async throws {
        try await begun { town, record in
            let good = Town.claims("lab 1")
            let wrong = [
                nil, Town.claims("lab 2"), Town.claims("lab 1", size: 101), Town.claims("lab 1", anchors: 2),
                Claims(anchors: good.anchors, file: []), Claims(anchors: good.anchors + [.emptyTree], file: good.file),
            ]
            for claims in wrong {
                var other = record
                other.claims = claims
                try await town.gateway.expect(.malformed, town.depositing([other]), by: "hillside")
            }
            // Claims that no descriptor names.
            let plain = town.sealed("lab 1")
            var named = plain
            named.claims = good
            try await town.gateway.expect(.malformed, town.depositing([named]), by: "hillside")
            // One wrong record keeps all of a deposit out.
            let second = town.sealed("lab 2")
            try await town.upload(second.payload)
            var other = record
            other.claims = wrong[1]
            try await town.gateway.expect(.malformed, town.depositing([second, other]), by: "hillside")
            #expect(try await town.gateway.refusal(of: town.depositing([second, record]), by: "hillside") == nil)
        }
    }

    @Test func `anchors out of order, twice or too many, and a file that is too large, are not read`() async throws {
        try await begun { town, record in
            let call = town.depositing([record])
            let claims = Town.claims("lab 1")
            func changed(_ anchors: [Hash], _ file: [UInt8]) -> SignedMessage {
                var writer = CanonicalWriter()
                writer.list(anchors, length: UInt16.self) { $0.value($1) }
                writer.string(file, length: UInt32.self)
                let message = call.canonicalBytes.dropLast(claims.canonicalBytes.count) + writer.bytes
                return SignedMessage(DepositRecords.path, Array(message), by: "hillside", at: town.gateway.now)
            }
            let many = (0..<16_385).map { SHA256.hash([UInt8($0 >> 8), UInt8($0 & 255)]) }.sorted()
            for (anchors, file) in [
                (claims.anchors.reversed(), claims.file), ([claims.anchors[0], claims.anchors[0]], claims.file), ([], claims.file),
                (many, claims.file), (claims.anchors, [UInt8](repeating: 1, count: 1 << 20 + 1)),
            ] as [([Hash], [UInt8])] {
                let message = changed(anchors, file)
                try await town.gateway.expectNothingWritten {
                    let answer = try await town.gateway.send(message)
                    let error = try APIError(canonical: try town.gateway.verified(answer, to: message))
                    #expect(error.code == .malformed)
                }
            }
            let whole = changed(claims.anchors, claims.file)
            #expect(try await town.gateway.send(whole).status == 200)
        }
    }

    @Test func `nothing is claimed of what was entered in error, and a new version's claims stand in the place of the old`()
        async throws
    {
        try await begun { town, record in
            _ = try await town.gateway.call(town.depositing([record]), by: "hillside")
            let second = town.sealed("lab 1", version: 2, claims: Town.claims("lab 1, again"))
            try await town.upload(second.payload)
            _ = try await town.gateway.call(town.depositing([second]), by: "hillside")
            #expect(try await own(town).items.map(\.file) == [Town.claims("lab 1, again").file])
            let wrong = town.sealed("lab 1", version: 3, state: .enteredInError, claims: Town.claims("error"))
            try await town.upload(wrong.payload)
            try await town.gateway.expect(.refused, town.depositing([wrong]), by: "hillside")
            let right = town.sealed("lab 1", version: 3, state: .enteredInError)
            _ = try await town.gateway.call(town.depositing([right]), by: "hillside")
            #expect(try await own(town).items.isEmpty)
        }
    }

    @Test func `an erasure destroys the claims of all versions`() async throws {
        let site = try GatewaySite()
        try await site.serving { gateway in
            let town = try await Town.begun(gateway)
            for version in [1, 2] as [UInt32] {
                let record = town.sealed("lab 1", version: version, claims: Town.claims("version \(version)"))
                try await town.upload(record.payload)
                _ = try await gateway.call(town.depositing([record]), by: "hillside")
            }
            let files = [1, 2].map { Town.claims("version \($0)").file }
            for file in files { #expect(try site.holds(file)) }
            let newest = try #require(try await gateway.call(ListRecords(), by: Town.laboratory).records.first)
            let versions = try await gateway.call(ListVersions(record: newest.descriptor.record), by: Town.laboratory).records
            _ = try await gateway.call(town.erasing(versions), by: Town.laboratory)
            #expect(try await own(town).items.isEmpty)
            for file in files { #expect(try !site.holds(file)) }
        }
        try await site.serving { _ in }
    }

    @Test func `a page holds 4 MiB, and none is left out between two`() async throws {
        try await GatewaySite.town { town in
            // Five of a page's fourth, and small ones between them.
            let sizes = [1 << 20, 10_000, 1 << 20, 1 << 20, 10_000, 1 << 20, 1 << 20]
            for (number, size) in sizes.enumerated() {
                let record = town.sealed("lab \(number)", claims: Town.claims("lab \(number)", size: size))
                try await town.upload(record.payload)
                _ = try await town.gateway.call(town.depositing([record]), by: "hillside")
            }
            var items: [ListClaims.Answer.Item] = []
            var pages: [Int] = []
            while true {
                let page = try await own(town, after: items.last?.position)
                #expect(page.canonicalBytes.count <= ListClaims.Answer.maximumSize)
                items += page.items
                pages.append(page.items.count)
                guard page.hasMore else { break }
            }
            #expect(pages == [5, 2] && items.map(\.file.count) == sizes)
        }
    }

    @Test func `a damaged file is not served, and what a grant releases says nothing but two hashes`() async throws {
        let site = try GatewaySite()
        try await site.serving { gateway in
            var town = try await Town.begun(gateway)
            try await town.grant("grant", to: "lakeside")
            let record = town.sealed("lab 1", claims: Town.claims("lab 1"))
            try await town.upload(record.payload)
            _ = try await gateway.call(town.depositing([record]), by: "hillside")
            let released = try #require(try await town.released("grant", by: "lakeside").first)
            #expect(released.record.descriptor.claims == Town.claims("lab 1").anchor)
            try site.meddle("UPDATE claims SET bytes = zeroblob(100)")
            try await gateway.expect(.unavailable, ListClaims(), by: Town.laboratory)
        }
    }

    @Test func `a deposit may be as large as 16 MiB, and no larger`() async throws {
        try await GatewaySite.town { town in
            var records: [SealedRecord] = []
            for number in 0..<15 {
                let record = town.sealed("lab \(number)", claims: Town.claims("lab \(number)", size: 1 << 20))
                try await town.upload(record.payload)
                records.append(record)
            }
            let call = town.depositing(records)
            #expect(call.canonicalBytes.count > 15 << 20 && call.canonicalBytes.count <= DepositRecords.maximumSize)
            #expect(try await town.gateway.refusal(of: call, by: "hillside") == nil)
            let more = town.depositing(records + [town.sealed("lab 15", claims: Town.claims("lab 15", size: 1 << 20))])
            try await town.gateway.expect(.tooLarge, more, by: "hillside")
        }
    }
}
