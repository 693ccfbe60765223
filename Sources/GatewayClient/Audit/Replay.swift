package import AccessPolicy
import CryptoPrimitives
import MerkleLedger
package import SharingContract

/// Checks an exported ledger from its first leaf on, and makes every decision again.
package struct Replay {
    /// What was found. Anything that does not hold is a `Finding`, and one is enough.
    package struct Report: Sendable {
        package internal(set) var leaves: UInt64 = 0
        package internal(set) var signatures = 0
        /// Decisions made again, and of those the ones that came out the same.
        package internal(set) var decisions = 0
        package internal(set) var same = 0
        package internal(set) var released = 0
        package internal(set) var refused = 0
        /// Decisions on records whose facts were erased since: some of their inputs are gone, so they cannot be made again from what the
        /// ledger says. Neither in `decisions` nor in `same`.
        package internal(set) var erased = 0
        /// Emergencies that were declared, and releases that relied on one.
        package internal(set) var emergencies = 0
        package internal(set) var emergencyReleases = 0
        /// Emergencies that nobody has reviewed, those in front that are due first.
        package internal(set) var openReviews: [OpenReview] = []
        /// Leaves of emergencies whose review came after its last day.
        package internal(set) var lateReviews: [UInt64] = []
        package internal(set) var findings: [Finding] = []

        package var isClean: Bool { findings.isEmpty }
    }

    package struct Finding: Error, Hashable, Sendable {
        package enum What: Hashable, Sendable {
            case checkpoint
            case root
            case timeOrRule(Refusal)
            case evidenceMissing
            case evidenceRule(Refusal)
            /// A grant's consent compiles to something else than what the patient signed.
            case compilation
            /// A grant's commitment for proofs of consent is not proven to say what the grant says.
            case commitment
            /// Policies were published that this program cannot read.
            case policiesUnreadable
            case decisionUnreadable
            /// Made by an engine that is not this one.
            case engine
            /// The record has another minute, request, set of policies, grant, or other consents than the ledger.
            case time
            case request
            case policies
            case grant
            /// The delegations that the grant hangs on are others.
            case authorities
            case consents
            /// It names a record that it could not have been about, or as it was not.
            case records
            /// What was said of a record comes out differently, or what its release obliges to.
            case rulings
            case obligations
            case verdict
            /// What was released is not what was decided.
            case outcome
            case requestNotSigned
            /// A release under a grant for emergencies names none, or another than its request.
            case emergency
        }

        /// `nil` for what concerns the ledger as a whole.
        package let leaf: UInt64?
        package let what: What
    }

    /// The policies that a leaf publishes, `nil` for every other leaf. Throws if they are none that this program can decide by.
    package typealias Publishing = (Leaf, Evidence) throws -> PoliciesInForce?

    let export: AuditExport
    let pin: Pin
    private let publishing: Publishing
    var state = MemoryState()
    private var tree = TreeAccumulator()
    private var time: Minute?
    var report = Report()
    let consents = ConsentCache()
    /// In force at the leaf that is looked at.
    var policies: PoliciesInForce?
    /// What depositors said of each descriptor that was not erased before the export.
    var descriptors: [Hash: Descriptor] = [:]

    /// Descriptors that the evidence leaves out as erased, and where. An erasure on the ledger must say so.
    var hidden: [Hash: UInt64] = [:]

    private init(_ export: AuditExport, _ pin: Pin, _ publishing: @escaping Publishing) {
        self.export = export
        self.pin = pin
        self.publishing = publishing
    }

    /// - Parameter decisions: whether to make the decisions again, or only to check signatures, rules and evidence.
    package static func run(
        _ export: AuditExport, pin: Pin, decisions: Bool, publishing: @escaping Publishing = Replay.published,
        progress: (UInt64, UInt64) -> Void
    ) -> Report {
        var replay = Replay(export, pin, publishing)
        leaves: for (index, leaf) in export.leaves.enumerated() {
            do throws(Finding) {
                try replay.apply(leaf, at: UInt64(index), decisions: decisions)
            } catch {
                replay.report.findings.append(error)
                // What follows stands on what did not hold.
                if case .timeOrRule = error.what { break leaves }
            }
            if index.isMultiple(of: 256) { progress(UInt64(index), UInt64(export.leaves.count)) }
        }
        replay.checkErasures()
        replay.report.openReviews.sort { ($0.due, $0.emergency) < ($1.due, $1.emergency) }
        replay.checkHead()
        return replay.report
    }

    private mutating func checkErasures() {
        for (commitment, leaf) in hidden.sorted(by: { $0.value < $1.value })
        where ((try? state.erasure(of: commitment)) ?? nil) == nil {
            report.findings.append(Finding(leaf: leaf, what: .evidenceMissing))
        }
    }

    private mutating func checkHead() {
        guard let name = KeyName(pin.origin.text),
            let checkpoint = try? Checkpoint.open(
                export.note, origin: pin.origin, key: VerifierKey(name: name, kind: .ed25519, publicKey: pin.ledgerKey)),
            export.leaves.first.map({ Hash.leaf($0.canonicalBytes) }) == pin.genesis
        else {
            report.findings.append(Finding(leaf: nil, what: .checkpoint))
            return
        }
        guard checkpoint.checkpoint.size == tree.count, checkpoint.checkpoint.rootHash == tree.root else {
            report.findings.append(Finding(leaf: nil, what: .root))
            return
        }
    }

    private mutating func apply(_ leaf: Leaf, at index: UInt64, decisions: Bool) throws(Finding) {
        defer { tree.append(Hash.leaf(leaf.canonicalBytes)) }
        var changes: [StateChange]
        do {
            changes = try Contract.apply(leaf, at: index, after: time, to: state)
        } catch {
            throw Finding(leaf: index, what: .timeOrRule(error as? Refusal ?? .bodyContradicts))
        }
        report.leaves += 1
        report.signatures += leaf.entry.signatures.count
        time = leaf.time
        defer { state.apply(changes) }
        guard let evidence = export.evidence[index] else { throw Finding(leaf: index, what: .evidenceMissing) }
        do {
            changes += try EvidenceRules.apply(evidence, of: leaf, at: index, to: state)
        } catch {
            throw Finding(leaf: index, what: .evidenceRule(error as? Refusal ?? .bodyContradicts))
        }
        remember(evidence, at: index)
        switch leaf.entry.event {
        case .grant(let grant): check(grant, evidence, index)
        case .decision(let decision) where decisions: try redo(decision, leaf, index, evidence)
        case .emergencyAccess(let access):
            report.emergencies += 1
            report.openReviews.append(OpenReview(due: access.due, emergency: index))
        case .review(let review): close(review, on: leaf.time.day)
        default: break
        }
        do {
            policies = try publishing(leaf, evidence) ?? policies
        } catch {
            throw Finding(leaf: index, what: .policiesUnreadable)
        }
    }

    private mutating func close(_ review: Review, on day: Day) {
        guard let position = report.openReviews.firstIndex(where: { $0.emergency == review.emergency }) else { return }
        if report.openReviews[position].due < day { report.lateReviews.append(review.emergency) }
        report.openReviews.remove(at: position)
    }

    private mutating func check(_ grant: Grant, _ evidence: Evidence, _ index: UInt64) {
        guard let body = try? GrantBody(canonical: evidence.body) else { return }
        if !body.isCompiled(of: grant) { report.findings.append(Finding(leaf: index, what: .compilation)) }
        if !body.isProven(of: grant, origin: pin.origin) { report.findings.append(Finding(leaf: index, what: .commitment)) }
    }

    private mutating func remember(_ evidence: Evidence, at index: UInt64) {
        for slot in evidence.tree?.slots.values ?? [:].values {
            guard case .descriptor(let descriptor, let salt) = slot else {
                hidden[slot.commitment] = index
                continue
            }
            descriptors[descriptor.commitment(salt: salt)] = descriptor
        }
    }
}
