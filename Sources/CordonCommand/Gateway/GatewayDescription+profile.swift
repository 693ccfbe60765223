import DurableFiles
import GatewayAPI
import GatewayClient
import SystemPackage

extension GatewayDescription {
    /// What `cordon-gateway init` left beside its keys. `nil` if the profile has no gateway.
    init?(of profile: ProfileFolder) {
        guard let bytes = try? DurableFile.read(profile.gatewayFolder.appending("gateway.json"), atMost: Self.maximumSize) else {
            return nil
        }
        self.init(json: bytes)
    }
}
