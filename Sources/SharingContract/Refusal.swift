/// Why the contract does not take a leaf.
package enum Refusal: Error, Equatable {
    /// Leaf 0 must begin a ledger, and no other leaf may.
    case notGenesis
    /// The entry was made for another ledger.
    case wrongOrigin
    /// The leaf's time lies before the one of the leaf before.
    case timeWentBack
    /// A signature that the kind demands is missing.
    case signatureMissing
    /// A signature of somebody who has no say in this.
    case signerNotAllowed
    case signatureNotAuthentic
    /// The key was revoked, replaced or removed before.
    case deadKey
    /// The key has a use already.
    case keyInUse
    /// Another live actor has this name.
    case nameTaken
    /// What the entry refers to is not on the ledger, or ended.
    case notLive
    /// A time span that is empty, too long, or over.
    case badWindow
    /// Already on the ledger, as it is.
    case unchanged
    /// This request was answered before.
    case requestAnswered
    /// The emergency access that a release names is unknown, of another grant, used before, or over.
    case emergencyNotInForce
    /// A commitment that is no element of the group.
    case commitmentNotInGroup
    /// A commitment whose proof is not in the body, or a proof of none.
    case commitmentNotProven
    /// A successor that its predecessor had not committed to.
    case notCommitted
    /// The rules do not allow this change of members.
    case membersNotChanged
    /// It was signed for another set of members than there is now.
    case membersOther
    /// It was signed to replace other policies than there are now, or for another set of members.
    case policiesOther
    /// The body is not the one the entry commits to.
    case bodyNotCommitted
    /// The body is not of this kind's form.
    case bodyMalformed
    /// The recipient list named is not the newest.
    case listNotNewest
    /// The compartment has as many grants as are kept: one must be ended first.
    case tooManyGrants
    /// More than the delegation gives that it is granted under.
    case beyondAuthority
    /// Body and public fields, or body and state, contradict each other.
    case bodyContradicts
}
