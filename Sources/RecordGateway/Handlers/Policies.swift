import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

extension Gateway {
    /// A set that the contract would take and this gateway could not use is refused before it is on the ledger: nothing would be released
    /// under it. Whether those who signed it may put it in force is for the contract to say.
    func requireUsable(_ files: [UInt8], from caller: Caller) async throws {
        // Reading policies takes longer than anything else about them, and is done for members alone.
        guard try await store.read({ try $0.state.ledger()?.hasMember(caller.key) ?? false }) else { throw APIError.notAdmitted }
        guard let files = try? PolicyFiles(canonical: files) else {
            throw APIError(.malformed, "these are no files of a set of policies")
        }
        do throws(LibraryError) {
            _ = try PolicyLibrary(files.contents)
        } catch {
            throw APIError(error)
        }
    }
}
