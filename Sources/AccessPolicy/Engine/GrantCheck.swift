package import CryptoPrimitives

/// The first step of a decision: what the grant says by itself, and the delegations that it hangs on, before any record is looked at.
package enum GrantCheck {
    /// How a consent is compiled: `ConsentCompiler.compile`, or something that remembers what it gave.
    package typealias Compile = @Sendable ([UInt8], ConsentScope) -> CompiledConsent

    /// What the grant compiles to if it covers the request, else the first reason why it does not.
    ///
    /// - Parameter authorities: the delegations that it hangs on, the nearest first.
    package static func check(
        _ request: Request, at now: Minute, _ grant: GrantFacts?, consent bytes: [UInt8], under authorities: [Authority] = [],
        emergency: EmergencyFacts? = nil,
        compile: Compile = { ConsentCompiler.compile($0, $1) }
    ) -> Result<Relied, Denial> {
        guard let grant, grant.control == request.grant else { return .failure(.init(.unknownGrant)) }
        guard grant.isReleaseSigned else { return .failure(.init(.releaseNotSigned)) }
        guard grant.grantee == request.actor else { return .failure(.init(.notGrantee)) }
        guard !grant.isRevoked else { return .failure(.init(.revoked)) }
        guard grant.from <= now.day else { return .failure(.init(.notYet)) }
        guard now.day < grant.until else { return .failure(.init(.over)) }
        guard request.emergency == nil || emergency?.covers(request, at: now) == true else {
            return .failure(.init(.emergencyNotInForce))
        }
        do throws(Denial) {
            let compiled = try compiled(grant, bytes, compile)
            try require(request, in: bytes, (.actionNotCovered, .purposeNotCovered))
            return .success(Relied(grant: compiled, authorities: try check(authorities, of: grant, request, now, compile)))
        } catch {
            return .failure(error)
        }
    }

    /// What a request relies on.
    package struct Relied: Sendable {
        package let grant: CompiledConsent
        let authorities: [Delegated]

        /// Only what each delegation covers by name as well. A purpose stands alone where the grant says so: the delegation is no consent
        /// to a disclosure.
        var consented: Consented {
            authorities.reduce(into: grant.consented) { consented, authority in
                consented.counsellingNotes = consented.counsellingNotes && authority.compiled.consented.counsellingNotes
                consented.unlabelled = consented.unlabelled && authority.compiled.consented.unlabelled
            }
        }
    }

    /// What a delegation lets be given.
    struct Delegated: Sendable {
        let compiled: CompiledConsent
        /// A guardian lets others read what he may read himself: he is asked about, not the requester.
        let guardian: ConsentScope?
    }

    package struct Denial: Error, Hashable, Sendable {
        package let reason: Verdict.Reason

        init(_ reason: Verdict.Reason) {
            self.reason = reason
        }
    }
}

extension GrantCheck {
    /// As the patient signed it.
    private static func compiled(_ grant: GrantFacts, _ bytes: [UInt8], _ compile: Compile) throws(Denial) -> CompiledConsent {
        guard SHA256.hash(bytes) == grant.consent, (try? Consent(canonical: bytes)) != nil else {
            throw Denial(.consentUnreadable)
        }
        let compiled = compile(bytes, grant.scope)
        guard compiled.hash == grant.compilation else { throw Denial(.compilationDiffers) }
        guard compiled.permit != nil else { throw Denial(compiled.review.isEmpty ? .permitsNothing : .consentUnreadable) }
        return compiled
    }

    private static func require(
        _ request: Request, in bytes: [UInt8], _ reasons: (action: Verdict.Reason, purpose: Verdict.Reason)
    ) throws(Denial) {
        guard let plain = (try? Consent(canonical: bytes))?.plain else { return }
        guard plain.actions.contains(request.action) else { throw Denial(reasons.action) }
        guard plain.purposes.contains(request.purpose) else { throw Denial(reasons.purpose) }
        guard request.emergency != nil || !plain.extras.contains(.emergencyOnly) else { throw Denial(.emergencyNotInForce) }
    }

    /// The whole chain, from the grant to what the compartment signed, and nothing else.
    private static func check(
        _ authorities: [Authority], of grant: GrantFacts, _ request: Request, _ now: Minute, _ compile: Compile
    ) throws(Denial) -> [Delegated] {
        var (below, delegated) = (grant, [Delegated]())
        for authority in authorities {
            let facts = authority.grant
            guard facts.control == below.authority, facts.compartment == grant.compartment, facts.holder != .reader else {
                throw Denial(.authorityUnknown)
            }
            guard !facts.isRevoked else { throw Denial(.authorityRevoked) }
            guard facts.from <= now.day, now.day < facts.until else { throw Denial(.authorityOver) }
            let signed = try compiled(facts, authority.consent, compile)
            try require(request, in: authority.consent, (.beyondAuthority, .beyondAuthority))
            let isGuardian = facts.holder == .guardian
            delegated.append(
                Delegated(
                    compiled: isGuardian ? signed : compile(authority.consent, facts.scope.given(to: request.actor)),
                    guardian: isGuardian ? facts.scope : nil))
            below = facts
        }
        guard below.authority == nil else { throw Denial(.authorityUnknown) }
        return delegated
    }
}
