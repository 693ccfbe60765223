import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import SharingContract
import SystemPackage
import TestSupport
import Testing

@testable import GatewayClient

/// What several members sign, one after another, on a paper that goes round.
@Suite struct ProposalTests {
    /// A consortium at one gateway, and its members by their keys.
    private final class Consortium {
        let town: Town
        private(set) var members: [String: MemberClient] = [:]

        init(_ town: Town) {
            self.town = town
        }

        func member(_ name: String) async throws -> MemberClient {
            if let known = members[name] {
                try await known.ledger.sync(try town.ana.session.connection)
                return known
            }
            let session = try town.ana.session
            let ledger = try LedgerReplica(FilePath(town.gateway.folder.path("replica of \(name)")), pin: session.pin)
            try await ledger.sync(session.connection)
            let member = MemberClient(key(name), session.connection, ledger, town.gateway.clock, nil)
            members[name] = member
            return member
        }

        func candidacy(_ name: String, key other: String? = nil) throws -> Candidacy {
            Candidacy(
                pin: try town.ana.session.pin, name: line(name), address: line("https://\(name).example"),
                signingWith: key(other ?? name))
        }

        /// Signs by one after another; gives the leaf if that was enough.
        func pass(_ proposal: Proposal, _ names: String...) async throws -> UInt64? {
            var proposal = proposal
            for name in names {
                let member = try await member(name)
                proposal = try member.signed(try Proposal(text: Array(proposal.text.utf8)))
                if let leaf = try await member.post(proposal) { return leaf }
            }
            return nil
        }

        private var names = ["north"]

        /// Adds a member, by as many of those that there are as it takes.
        func grow(by name: String) async throws {
            var proposal = try await member("north").propose(adding: try candidacy(name))
            var leaf: UInt64?
            for signer in names where leaf == nil {
                proposal = try await member(signer).signed(proposal)
                leaf = try await member(signer).post(proposal)
            }
            #expect(leaf != nil)
            names.append(name)
        }
    }

    private func consortium(_ names: [String], _ body: (Consortium) async throws -> Void) async throws {
        try await Town.standing { town in
            let consortium = Consortium(town)
            for name in names { try await consortium.grow(by: name) }
            try await body(consortium)
        }
    }

    private func refusal(_ body: () async throws -> Void) async -> String? {
        await reason(body)?.replacing("SharingContract.Refusal.", with: "")
    }

    @Test func `signatures are gathered one by one, and the last one puts it on the ledger`() async throws {
        try await consortium(["south", "west", "east"]) { four in
            let proposal = try await four.member("north").propose(adding: try four.candidacy("seaside"))
            #expect(try await four.pass(proposal, "north", "south") == nil)
            let leaf = try #require(try await four.pass(proposal, "north", "south", "east"))
            let state = try await four.member("west").state()
            #expect(state.members.map(\.name.text) == ["North Consortium", "south", "west", "east", "seaside"])
            #expect(state.membersChangedAt == leaf)
            // What was made is not made again.
            #expect(await refusal { _ = try await four.pass(proposal, "west") } == "notPossible(refusedByRules(membersOther))")
        }
    }

    @Test func `two admit an organisation, and neither alone`() async throws {
        try await consortium(["south"]) { two in
            let application = Application(
                pin: try two.town.ana.session.pin, role: .clinic, name: line("Seaside"), recipient: recipient("seaside"),
                mandate: nil, identifiers: line("NPI 1"), signingWith: key("seaside"))
            let north = try await two.member("north")
            #expect(await reason { _ = try await north.admit(application, until: nil) } == "notPossible(severalMembersNeeded)")
            let proposal = try north.propose(application, until: nil)
            #expect(try await two.pass(proposal, "south") == nil)
            #expect(await reason { _ = try await two.pass(proposal, "south", "south") } == "notPossible(signedAlready)")
            #expect(await reason { _ = try await two.pass(proposal, "seaside") } == "notPossible(notAMember)")
            #expect(try await two.pass(proposal, "south", "north") != nil)
        }
    }

    @Test func `of two members neither removes or renews the other`() async throws {
        try await consortium(["south"]) { two in
            let north = try await two.member("north")
            let remove = await refusal { _ = try north.propose(removing: "south") }
            #expect(remove == "notPossible(refusedByRules(membersNotChanged))")
            let rekey = try north.propose(rekeying: try two.candidacy("south", key: "south 2"))
            #expect(try await two.pass(rekey, "north") == nil)
            #expect(try await two.pass(rekey, "north", "south") != nil)
            #expect(await reason { _ = try await two.member("south").propose(removing: "x") } == "notFound(member(name: \"x\"))")
            let old = try await two.member("south")
            #expect(await reason { _ = try old.checked(rekey) } == "notPossible(notAMember)")
        }
    }

    @Test func `a member has no say in its own removal`() async throws {
        try await consortium(["south", "west"]) { three in
            let remove = try await three.member("north").propose(removing: "west")
            #expect(await reason { _ = try await three.member("west").signed(remove) } == "notPossible(concernsItself)")
            // Nor when its client has no such scruples.
            var forced = remove
            forced.sign(with: key("west"))
            #expect(
                await refusal { _ = try await three.pass(forced, "north") } == "notPossible(refusedByRules(signerNotAllowed))")
            #expect(try await three.pass(remove, "north", "south") != nil)
            #expect(await reason { _ = try await three.member("west").propose(removing: "south") } == "notPossible(notAMember)")
        }
    }

    @Test func `a new key without the old one needs all others`() async throws {
        try await consortium(["south", "west", "east"]) { four in
            let lost = try await four.member("north").propose(rekeying: try four.candidacy("east", key: "east 2"))
            #expect(try await four.pass(lost, "north", "south") == nil)
            #expect(await reason { _ = try await four.pass(lost, "north", "east 2") } == "notPossible(notAMember)")
            #expect(try await four.pass(lost, "north", "south", "west") != nil)
        }
    }

    @Test func `a change of members ends what was proposed before`() async throws {
        try await consortium(["south", "west"]) { three in
            let north = try await three.member("north")
            let old = try north.signed(try north.propose(removing: "west"))
            try await three.grow(by: "east")
            #expect(await refusal { _ = try await three.pass(old, "south") } == "notPossible(refusedByRules(membersOther))")
        }
    }

    @Test func `a proposal that was changed on its way is signed by nobody`() async throws {
        try await consortium(["south", "west"]) { three in
            let north = try await three.member("north")
            let signed = try north.signed(try north.propose(removing: "west"))
            let other = try north.propose(removing: "south")
            // The signature of one on the other.
            var bytes = other.canonicalBytes
            let (entry, signature) = (other.entry.canonicalBytes, signed.entry.canonicalBytes.suffix(97))
            let start = try #require(bytes.firstRange(of: entry)).lowerBound
            let moved = Array(entry.dropLast()) + Array(signature)
            bytes.replaceSubrange(
                start - 2..<start + entry.count, with: [UInt8(moved.count >> 8), UInt8(truncatingIfNeeded: moved.count)] + moved)
            let forged = try Proposal(canonical: bytes)
            #expect(await discrepancy { _ = try await three.member("south").signed(forged) } == .paperNotAuthentic)
        }
    }

    @Test func `papers of another ledger and of another's key are not proposed`() async throws {
        try await consortium([]) { one in
            let north = try await one.member("north")
            let pin = try one.town.ana.session.pin
            let other = Pin(origin: pin.origin, genesis: SHA256.hash([1]), ledgerKey: pin.ledgerKey, address: pin.address)
            let elsewhere = Candidacy(pin: other, name: line("s"), address: line("a"), signingWith: key("s"))
            #expect(await reason { _ = try north.propose(adding: elsewhere) } == "notPossible(otherLedger)")
            var forged = try one.candidacy("south").canonicalBytes
            forged[forged.count - 1] ^= 1
            let candidacy = try Candidacy(canonical: forged)
            #expect(await discrepancy { _ = try north.propose(adding: candidacy) } == .paperNotAuthentic)
            let taken = try one.candidacy("North Consortium", key: "south")
            #expect(await refusal { _ = try north.propose(adding: taken) } == "notPossible(refusedByRules(nameTaken))")
            let used = try one.candidacy("south", key: "Hillside")
            let again = Candidacy(pin: pin, name: used.name, address: used.address, signingWith: key("north"))
            #expect(await refusal { _ = try north.propose(adding: again) } == "notPossible(refusedByRules(keyInUse))")
        }
    }

    // MARK: Policies

    @Test func `more than half put policies in force, and everybody sees what they signed`() async throws {
        try await consortium(["south", "west"]) { three in
            let files = try World.policies(2)
            let proposal = try await three.member("north").propose(publishing: files)
            #expect(try await three.pass(proposal, "north") == nil)
            let leaf = try #require(try await three.pass(proposal, "west", "south"))
            let ana = try three.town.ana.session
            try await ana.sync()
            let published = try #require(try await ana.ledger.policies(ana.connection))
            #expect(published.publishedAt == leaf && published.files == files)
            #expect(await refusal { _ = try await three.pass(proposal, "north") } == "notPossible(refusedByRules(policiesOther))")
            let again = await refusal { _ = try await three.member("north").propose(publishing: files) }
            #expect(again == "notPossible(refusedByRules(unchanged))")
        }
    }

    @Test func `a change of members, or of policies, ends what was proposed before`() async throws {
        try await consortium(["south", "west"]) { three in
            let old = try await three.member("north").propose(publishing: try World.policies(2))
            let other = try await three.member("north").propose(publishing: try World.policies(1))
            #expect(try await three.pass(other, "north", "south") != nil)
            #expect(await refusal { _ = try await three.pass(old, "north") } == "notPossible(refusedByRules(policiesOther))")
            let next = try await three.member("north").propose(publishing: try World.policies(2))
            try await three.grow(by: "east")
            #expect(await refusal { _ = try await three.pass(next, "south") } == "notPossible(refusedByRules(policiesOther))")
        }
    }

    @Test func `policies that were changed on their way, or that nobody could use, are signed by nobody`() async throws {
        try await consortium(["south"]) { two in
            let north = try await two.member("north")
            let signed = try north.signed(try north.propose(publishing: try World.policies(1)))
            let files = try #require(signed.policies).canonicalBytes
            var bytes = signed.canonicalBytes
            let start = try #require(bytes.firstRange(of: files)).lowerBound
            // A byte of the last file, which the root covers.
            bytes[start + files.count - 3] ^= 1
            #expect(throws: FormatError.notCanonical) { try Proposal(canonical: bytes) }
            // Other files with their own root, under signatures for the first.
            let other = try north.propose(publishing: try World.policies(2))
            let (entry, signature) = (other.entry.canonicalBytes, signed.entry.canonicalBytes.suffix(97))
            var forged = other.canonicalBytes
            let place = try #require(forged.firstRange(of: entry)).lowerBound
            let moved = Array(entry.dropLast()) + Array(signature)
            forged.replaceSubrange(
                place - 2..<place + entry.count, with: [UInt8(moved.count >> 8), UInt8(truncatingIfNeeded: moved.count)] + moved)
            let proposal = try Proposal(canonical: forged)
            #expect(await discrepancy { _ = try await two.member("south").signed(proposal) } == .paperNotAuthentic)

            let schema = try #require(try World.policies().contents[PolicyFiles.schemaName])
            let permits = try PolicyFiles([
                PolicyFiles.schemaName: schema,
                "statute/x.cedar": Array("@id(\"x\") @basis(\"b\") @version(\"1\") permit (principal, action, resource);".utf8),
            ])
            let refused = await reason { _ = try north.propose(publishing: permits) }
            #expect(refused?.hasPrefix("notPossible(policiesUnusable(") == true, "\(refused ?? "")")
        }
    }
}

/// Who asks for the policies in force holds what comes against the ledger.
@Suite struct PublishedPolicyTests {
    private func publishing(_ body: (Town, PolicyFiles, UInt64) async throws -> Void) async throws {
        try await Town.standing { town in
            let session = try town.ana.session
            let ledger = try LedgerReplica(FilePath(town.gateway.folder.path("replica of north")), pin: session.pin)
            try await ledger.sync(session.connection)
            let north = MemberClient(key("north"), session.connection, ledger, town.gateway.clock, nil)
            let files = try World.policies(2)
            let leaf = try #require(try await north.post(try north.signed(try north.propose(publishing: files))))
            try await session.sync()
            try await body(town, files, leaf)
        }
    }

    @Test func `there are none on a ledger on which none were published`() async throws {
        try await Town.standing { town in
            let session = try town.ana.session
            try await session.sync()
            #expect(try await session.ledger.policies(session.connection) == nil)
        }
    }

    @Test func `other files than the ledger has are a lie, however well formed`() async throws {
        try await publishing { town, files, leaf in
            let session = try town.ana.session
            #expect(try await session.ledger.policies(session.connection)?.files == files)
            let lax = try World.policies(1)
            var renamed = files.contents
            renamed["statute/3.cedar"] = renamed.removeValue(forKey: "statute/2.cedar")
            let lies = [lax.canonicalBytes, try PolicyFiles(renamed).canonicalBytes, files.canonicalBytes + [0], []]
            for lie in lies {
                town.gateway.lie("/policies") { $0.answer = lie }
                let found = await discrepancy { _ = try await session.ledger.policies(session.connection) }
                #expect(found == .evidenceOther(leaf: leaf))
            }
            town.gateway.lie("/policies") { $0.status = .notFound }
            let unreachable = await reason { _ = try await session.ledger.policies(session.connection) }
            #expect(unreachable?.hasPrefix("unreachable") == true, "\(unreachable ?? "")")
        }
    }
}
