import AccessPolicy
import Cedar
import CryptoPrimitives
import TestSupport
import Testing

/// What other consents of the compartment do to a decision.
@Suite struct OtherConsents {
    /// Each compiles to a permit and a forbid: the grant's own to a permit of nothing, the other one to a permit of everything.
    @Test func `what another consent permits counts for nothing, what it forbids does`() throws {
        func decided(own: String, other: String, forbids: String) throws -> Set<UInt64> {
            let bodies = try [own, other].map { try PolicyBody(parsing: "permit (principal, action, resource) when { \($0) };") }
            let forbid = try PolicyBody(parsing: "forbid (principal, action, resource) when { \(forbids) };")
            let cache = ConsentCache { _, scope in
                let isOther = scope.control == publicKey("other")
                return CompiledConsent(scope, permit: (nil, bodies[isOther ? 1 : 0]), forbid: isOther ? (nil, forbid) : nil)
            }
            let subject = DecisionCase()
            let other = DecisionCase.restriction("other", .everything)
            return Set(
                try subject.changed { subject in
                    subject.compilation = cache.compile(subject.consentBytes, subject.scope).hash
                    let hash = cache.compile(other.consent, other.scope).hash
                    subject.others = [OtherConsent(other.scope, consent: other.consent, compilation: hash)]
                    subject.policies = try Published.inForce()
                }.decided(by: cache).released.map(\.record.position))
        }
        #expect(try decided(own: "true", other: "true", forbids: "false") == [1, 2, 3])
        #expect(try decided(own: "false", other: "true", forbids: "false").isEmpty)
        #expect(try decided(own: "true", other: "true", forbids: "true").isEmpty)
        let second = "resource == Record::\"\(DecisionCase.record(2).record)\""
        #expect(try decided(own: "true", other: "false", forbids: second) == [1, 3])
    }

    @Test func `a consent that stands there twice is not decided by`() {
        let one = DecisionCase.restriction("one", .label(line("HIV")))
        let two = DecisionCase.restriction("two", .label(line("PSY")))
        #expect(DecisionCase().changed { $0.others = [one, two] }.decided.verdict == .allowed)
        for others in [[one, one], [one, two, one], [DecisionCase.restriction("grant", .label(line("HIV")))]] {
            #expect(DecisionCase().changed { $0.others = others }.decided.verdict == .denied(.compilationDiffers))
        }
    }

    @Test func `what was compiled for other decisions decides as what is compiled anew`() {
        let cache = ConsentCache()
        let restrictions = (0..<40).map {
            DecisionCase.restriction(
                "r\($0)", .record(DecisionCase.record(UInt64($0 % 5)).record), from: $0 % 3 == 0 ? "hillside" : nil)
        }
        var released: Set<[UInt64]> = []
        for number in 0..<300 {
            let subject = DecisionCase().changed { subject in
                subject.others = restrictions.enumerated().filter { ($0.offset &* 7 &+ number) % 11 < number % 4 }.map(\.element)
            }
            let decided = subject.decided(by: cache)
            #expect(decided == subject.decided)
            released.insert(decided.released.map(\.record.position))
        }
        #expect(released.count > 4)
    }
}
