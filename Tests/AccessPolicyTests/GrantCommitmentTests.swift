import AccessPolicy
import CryptoPrimitives
import Foundation
import MedicalRecords
import TestSupport
import Testing

/// What a grant's commitment is to, and the proof that it is. docs/proofs.md, section 9.
@Suite struct GrantCommitmentTests {
    private static let origin = line("north.example/ledger")

    /// A grant, and one change at a time.
    struct Case {
        var control = "grant"
        var grantee = "lakeside"
        var purposes: Set<PurposeOfUse> = [.treatment, .payment]
        var extras: PlainConsent.Extras = []
        var category: UInt16 = 3
        var from: UInt32 = 20_778
        var until: UInt32 = 20_800
        var holder = ConsentScope.Holder.reader
        var isUnderAuthority = false
        /// In place of the plain consent.
        var consent: [UInt8]?
        var origin = GrantCommitmentTests.origin

        var attributes: GrantAttributes {
            let scope = ConsentScope(
                control: publicKey(control), compartment: publicKey("ana"), grantee: publicKey(grantee), from: Day(from),
                until: Day(until), holder: holder)
            let plain = PlainConsent(actions: [.read], purposes: purposes, extras: extras).map { Consent($0, category: category) }
            return GrantAttributes(
                consent: consent ?? plain?.canonicalBytes ?? [], scope, isUnderAuthority: isUnderAuthority)
        }

        /// By a holder who is the same in all.
        func committed(_ secret: String = "ana") -> GrantCommitment {
            let key = SecretBytes(copying: SHA256.hash(Array(secret.utf8)).bytes.span)
            let opening = SG3072.SecretScalars(count: 2) { index in
                SG3072.SecretScalar(reducing: HKDF.deriveKey(from: key, info: Array("\(control) \(index)".utf8), count: 48))
            }
            return GrantCommitment(
                to: attributes, of: publicKey(control), origin: origin, opening: opening, secret: key,
                randomness: SecretBytes(copying: World.salt.bytes.span))
        }

        func accepts(_ commitment: SG3072.Element?, _ proof: [UInt8]?) -> Bool {
            GrantCommitment.isProven(commitment, proof, attributes, of: publicKey(control), origin: origin)
        }

        func accepts(_ committed: GrantCommitment) -> Bool { accepts(committed.commitment, committed.proof) }
    }

    private func changed(_ change: (inout Case) -> Void) -> Case {
        var other = Case()
        change(&other)
        return other
    }

    @Test func `a grant is eight numbers`() {
        let attributes = Case().attributes
        #expect(attributes.permits)
        #expect(
            attributes.scalars == [
                SG3072.Scalar(reducing: Hash.labelled(.grantCommitment).bytes), .zero, SG3072.Scalar(20_800), .one,
                GrantAttributes.granteeScalar(publicKey("lakeside")), SG3072.Scalar(0b110), SG3072.Scalar(3), SG3072.Scalar(20_778),
            ])
    }

    @Test func `what is not the patient's own plain leave to read permits nothing here`() throws {
        let hidden = Consent(Restriction(.everything, from: nil), category: 3).canonicalBytes
        let document = try #require(Consent(fhir: Array("{}".utf8), category: 3)).canonicalBytes
        let others = [
            changed { $0.extras = .emergencyOnly }, changed { $0.extras = [.emergencyOnly, .unlabelled] },
            changed { $0.holder = .delegate }, changed { $0.holder = .guardian }, changed { $0.isUnderAuthority = true },
            changed { $0.consent = hidden }, changed { $0.consent = document },
        ]
        let zero = SG3072.Scalar.zero
        for other in others {
            let attributes = other.attributes
            #expect(!attributes.permits && attributes.scalars[3] == zero && attributes.scalars[5] == zero)
            #expect(attributes.scalars[6] == SG3072.Scalar(3))
        }
        for unreadable in [[], [0, 3], [0, 3, 2, 1, 0, 2, 0], [0, 3, 1, 1, 0, 2, 0, 0], [0, 3, 9]] as [[UInt8]] {
            let attributes = changed { $0.consent = unreadable }.attributes
            #expect(!attributes.permits && [3, 5, 6].allSatisfy { attributes.scalars[$0] == zero })
        }
        // What else is covered with it takes nothing away.
        #expect(changed { $0.extras = [.unlabelled, .counsellingNotes] }.attributes == Case().attributes)
    }

    @Test func `a proof is good for the grant that it was made for`() {
        let cases = [
            Case(), changed { $0.extras = .emergencyOnly }, changed { $0.holder = .guardian },
            changed { $0.isUnderAuthority = true }, changed { $0.consent = [] },
        ]
        for one in cases { #expect(one.accepts(one.committed())) }
        #expect(Case().accepts(nil, nil))
    }

    @Test func `it is not good for another grant`() {
        let committed = Case().committed()
        let others: [(String, Case)] = [
            ("grantee", changed { $0.grantee = "hillside" }), ("fewer purposes", changed { $0.purposes = [.treatment] }),
            ("more purposes", changed { $0.purposes.insert(.research) }), ("category", changed { $0.category = 5 }),
            ("from", changed { $0.from -= 1 }), ("until", changed { $0.until += 1 }),
            ("emergencies alone", changed { $0.extras = .emergencyOnly }), ("power", changed { $0.holder = .delegate }),
            ("guardian", changed { $0.holder = .guardian }), ("authority", changed { $0.isUnderAuthority = true }),
            ("unreadable", changed { $0.consent = [] }), ("control key", changed { $0.control = "other" }),
            ("ledger", changed { $0.origin = line("south.example/ledger") }),
        ]
        for (name, other) in others {
            #expect(!other.accepts(committed), "\(name)")
            #expect(!Case().accepts(other.committed()), "\(name), the other way")
        }
    }

    @Test func `nothing that is put together of two grants is good`() {
        let (one, other) = (Case().committed(), changed { $0.control = "other" }.committed())
        #expect(!Case().accepts(one.commitment, other.proof))
        #expect(!Case().accepts(other.commitment, one.proof))
        // Of another holder, for the same grant.
        let foreign = Case().committed("ben")
        #expect(Case().accepts(foreign))
        #expect(!Case().accepts(one.commitment, foreign.proof) && !Case().accepts(foreign.commitment, one.proof))
        #expect(!Case().accepts(one.commitment * SG3072.blinding, one.proof))
    }

    @Test func `a commitment without a proof, a proof without a commitment, and bytes that are no proof are refused`() throws {
        let committed = Case().committed()
        let (commitment, proof) = (committed.commitment, committed.proof)
        #expect(!Case().accepts(commitment, nil) && !Case().accepts(nil, proof))
        for place in stride(from: 0, to: proof.count, by: 5) {
            var other = proof
            other[place] ^= 1 << UInt8(place % 8)
            #expect(!Case().accepts(commitment, other), "byte \(place)")
        }
        let zeros = [UInt8](repeating: 0, count: 96)
        for other in [[], Array(proof.dropLast()), proof + [0], zeros, [UInt8](repeating: 0xff, count: 96)] {
            #expect(!Case().accepts(commitment, other))
        }
    }

    @Test func `a commitment in which nobody's secret is, or that is outside of the group, is not provable`() throws {
        let known = zip(SG3072.attributes, Case().attributes.scalars).map { SG3072.Power($0, $1) }
        // What is left of it is the identity, of which anybody knows an opening.
        let bare = SG3072.product(known)
        let zeros = [UInt8](repeating: 0, count: 96)
        #expect(!Case().accepts(bare, zeros) && !Case().accepts(bare, Case().committed().proof))
        struct Vectors: Decodable { let outside: [String] }
        let vectors = try JSONDecoder().decode(
            Vectors.self, from: Data(contentsOf: Fixtures.url("vectors/groups/sg3072.json")))
        let committed = Case().committed()
        for hex in vectors.outside {
            let outside = try SG3072.Element(decoding: try #require(Hexadecimal.decode(hex)))
            #expect(!Case().accepts(outside, committed.proof))
            #expect(!Case().accepts(outside * committed.commitment, committed.proof))
        }
    }

    @Test func `a holder's grants have nothing in common`() {
        let commitments = ["a", "b", "c"].map { name in changed { $0.control = name }.committed().commitment }
        #expect(Set(commitments).count == 3)
    }
}
