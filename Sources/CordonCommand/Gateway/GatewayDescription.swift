import DurableFiles
import Foundation
import GatewayClient
import SystemPackage

/// What `cordon-gateway init` leaves beside its keys.
struct GatewayDescription: Decodable {
    let origin: String
    let address: String

    /// `nil` if the profile has no gateway.
    init?(of profile: ProfileFolder) {
        guard let bytes = try? DurableFile.read(profile.gatewayFolder.appending("gateway.json"), atMost: 4_096),
            let description = try? JSONDecoder().decode(Self.self, from: Data(bytes))
        else { return nil }
        self = description
    }
}
