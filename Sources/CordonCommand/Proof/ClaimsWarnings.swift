import CryptoPrimitives
import GatewayAPI
import GatewayClient
import SharingContract

extension ClaimsReport {
    /// What a patient has to know of the claims that are not here, a line for each record.
    var warnings: [String] {
        unusable.map {
            "warning: the claims of record \(Self.start(of: $0)) are not what its author signed, or not for you; they are left out"
        }
            + missing.map {
                "warning: the claims of record \(Self.start(of: $0.record)) are missing: \(Explanation($0.reason).message)"
            }
            + lostCopies.map {
                "warning: copies of the claims of record \(Self.start(of: $0)) that came later were damaged here and are lost; "
                    + "`cordon patient sync` asks for new ones when few are left"
            }
    }

    private static func start(of record: StoredRecord) -> String { "\(record.descriptor.record.description.prefix(12))" }

    /// Ends a synchronisation that could not bring all claims.
    static func stop(_ reason: ClientError) -> Stop {
        let inner = Explanation(reason)
        return Stop(
            Explanation(
                code: inner.code, message: "not all claims came: \(inner.message)",
                advice: "All others are here, and everything else is up to date. "
                    + (inner.code == 5 ? "Tell the consortium, and keep this message." : "Run `cordon patient sync` again later.")))
    }
}
