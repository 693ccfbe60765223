package import CryptoPrimitives

/// The first step of a decision: what the grant says by itself, before any record is looked at.
package enum GrantCheck {
    /// How a consent is compiled: `ConsentCompiler.compile`, or something that remembers what it gave.
    package typealias Compile = @Sendable ([UInt8], ConsentScope) -> CompiledConsent

    /// Its compilation if the grant covers the request, else the first reason why it does not.
    package static func check(
        _ request: Request, at now: Minute, _ grant: GrantFacts?, consent bytes: [UInt8],
        emergency: EmergencyFacts? = nil,
        compile: Compile = { ConsentCompiler.compile($0, $1) }
    ) -> Result<CompiledConsent, Denial> {
        guard let grant, grant.control == request.grant else { return .failure(.init(.unknownGrant)) }
        guard grant.isReleaseSigned else { return .failure(.init(.releaseNotSigned)) }
        guard grant.grantee == request.actor else { return .failure(.init(.notGrantee)) }
        guard !grant.isRevoked else { return .failure(.init(.revoked)) }
        guard grant.from <= now.day else { return .failure(.init(.notYet)) }
        guard now.day < grant.until else { return .failure(.init(.over)) }
        guard request.emergency == nil || emergency?.covers(request, at: now) == true else {
            return .failure(.init(.emergencyNotInForce))
        }
        guard SHA256.hash(bytes) == grant.consent, let consent = try? Consent(canonical: bytes) else {
            return .failure(.init(.consentUnreadable))
        }
        let compiled = compile(bytes, grant.scope)
        guard compiled.hash == grant.compilation else { return .failure(.init(.compilationDiffers)) }
        guard compiled.permit != nil else {
            return .failure(.init(compiled.review.isEmpty ? .permitsNothing : .consentUnreadable))
        }
        if let plain = consent.plain {
            guard plain.actions.contains(request.action) else { return .failure(.init(.actionNotCovered)) }
            guard plain.purposes.contains(request.purpose) else { return .failure(.init(.purposeNotCovered)) }
            guard request.emergency != nil || !plain.extras.contains(.emergencyOnly) else {
                return .failure(.init(.emergencyNotInForce))
            }
        }
        return .success(compiled)
    }

    package struct Denial: Error, Hashable, Sendable {
        package let reason: Verdict.Reason

        init(_ reason: Verdict.Reason) {
            self.reason = reason
        }
    }
}
