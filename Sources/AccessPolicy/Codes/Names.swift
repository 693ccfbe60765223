package import Cedar
package import CryptoPrimitives
package import MedicalRecords

// How policies name things: `policies/schema.cedarschema`.
extension EntityUID {
    /// A clinic or a depositor, by its key.
    package static func organization(_ key: Ed25519.PublicKey) -> EntityUID {
        EntityUID(type: "Organization", id: CedarString(key.description))
    }

    /// Who acts for a patient, by the pseudonym of the guardianship.
    package static func guardian(_ key: Ed25519.PublicKey) -> EntityUID {
        EntityUID(type: "Guardian", id: CedarString(key.description))
    }

    /// One category of one person's records, by the key of the compartment.
    package static func patient(_ compartment: Ed25519.PublicKey) -> EntityUID {
        EntityUID(type: "Patient", id: CedarString(compartment.description))
    }

    /// A record by its id, which all its versions share.
    package static func record(_ id: Bytes32) -> EntityUID {
        EntityUID(type: "Record", id: CedarString(id.description))
    }

    /// - Parameter name: as `SensitivityCodes.name` gives it.
    package static func label(_ name: String) -> EntityUID { EntityUID(type: "Label", id: CedarString(name)) }

    package static func purpose(_ code: String) -> EntityUID { EntityUID(type: "Purpose", id: CedarString(code)) }

    package static func purpose(_ purpose: PurposeOfUse) -> EntityUID { .purpose(purpose.hl7Code) }

    package static func action(_ action: Action) -> EntityUID {
        switch action {
        case .read: EntityUID(type: "Action", id: "read")
        }
    }
}

extension Expression {
    static func entity(_ uid: EntityUID) -> Expression { Expression(.literal(.entity(uid))) }

    static func text(_ text: String) -> Expression { Expression(.literal(.string(CedarString(text)))) }

    static func entities(_ uids: some Sequence<EntityUID>) -> Expression { Expression(.set(uids.sorted().map(Self.entity))) }

    /// `variable.name`.
    static func attribute(_ name: CedarString, of variable: Variable) -> Expression {
        Expression(.attribute(Expression(.variable(variable)), name))
    }
}
