package import Cedar
package import CryptoPrimitives

/// What a library and the patient's grants say of one request for one record.
package struct Ruling: CanonicalCodable, Hashable, Sendable {
    /// More than any library and all consents of a compartment have.
    package static let maximumSize = 512 << 10
    private static let maximumPolicies = PolicyLibrary.maximumPolicies + DecisionRecord.maximumConsents + 6

    package let decision: Decision
    /// Sorted: what permitted, or what forbade. Empty if nothing permitted.
    package let reasons: [PolicyID]
    /// Policies that could not be evaluated, sorted. Any of them denies.
    package let erring: [PolicyID]
    /// Policies that oblige whoever releases, and to what, both sorted; empty if nothing is released.
    package let obliging: [PolicyID]
    package let obligations: [Obligation]

    /// What cannot be read is denied by nobody in particular.
    package static let denied = Ruling(decision: .deny, reasons: [], erring: [], obliging: [], obligations: [])

    /// What decided it or failed, by id.
    package var names: [String] { (reasons + erring).map(\.text) }

    init(decision: Decision, reasons: [PolicyID], erring: [PolicyID], obliging: [PolicyID], obligations: [Obligation]) {
        self.decision = decision
        self.reasons = reasons
        self.erring = erring
        self.obliging = obliging
        self.obligations = obligations
    }

    /// Where no policies are published. What fails denies here too.
    init(grants: Response) {
        let erring = grants.diagnostics.errors.map(\.id)
        let isAllowed = grants.decision == .allow && erring.isEmpty
        self.init(
            decision: isAllowed ? .allow : .deny,
            reasons: isAllowed || grants.decision == .deny ? grants.diagnostics.reasons : [], erring: erring, obliging: [],
            obligations: [])
    }

    /// What several rulings on the same come to: each has to allow.
    init(all rulings: [Ruling]) {
        let denials = rulings.filter { $0.decision == .deny }
        let deciding = denials.isEmpty ? rulings : denials
        self.init(
            decision: denials.isEmpty && !rulings.isEmpty ? .allow : .deny,
            reasons: Set(deciding.flatMap(\.reasons)).sorted(), erring: Set(deciding.flatMap(\.erring)).sorted(),
            obliging: Set(deciding.flatMap(\.obliging)).sorted(), obligations: Set(deciding.flatMap(\.obligations)).sorted())
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        func policies() throws(FormatError) -> [PolicyID] {
            let ids = try reader.list(length: UInt16.self, atMost: Self.maximumPolicies) { reader throws(FormatError) in
                CedarString(try reader.text().text)
            }
            guard ids.isAscending(by: \.self) else { throw .notCanonical }
            return ids
        }
        decision = try reader.flag() ? .allow : .deny
        (reasons, erring, obliging) = (try policies(), try policies(), try policies())
        obligations = try reader.list(length: UInt8.self, atMost: Obligation.allCases.count) { reader throws(FormatError) in
            guard let obligation = Obligation(code: try reader.integer(UInt8.self)) else { throw .unknownTag }
            return obligation
        }
        let isWhole = decision == .allow ? erring.isEmpty && !reasons.isEmpty : obliging.isEmpty && obligations.isEmpty
        guard isWhole, obligations.isAscending(by: \.code) else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.flag(decision == .allow)
        for policies in [reasons, erring, obliging] {
            // Whoever loads or compiles a policy sees to it that its name is one line.
            writer.list(policies, length: UInt16.self) { $0.text(TextLine($1.text) ?? .none) }
        }
        writer.list(obligations, length: UInt8.self) { $0.integer($1.code) }
    }
}
