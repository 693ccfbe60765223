import AccessPolicy
import CryptoPrimitives
import GatewayAPI
package import SharingContract

extension PolicyFiles {
    /// What a ledger begins with.
    package static let builtIn: PolicyFiles = {
        do throws(Fault) {
            return try PolicyFiles(PolicyLibrary.builtIn)
        } catch {
            preconditionFailure("the built-in policies are no set: \(error)")
        }
    }()
}

extension APIError {
    /// A set that this gateway would release nothing under.
    init(_ error: LibraryError) {
        self.init(.refused, clipping: "these policies are not understood in full, and would permit nothing: \(error)")
    }

    /// Words with names from a set of policies, which is public: as much of them as fits, in visible characters.
    private init(_ code: Code, clipping words: String) {
        var line = ""
        for scalar in words.unicodeScalars {
            let shown = TextLine.isVisible(scalar) ? scalar : " "
            guard line.utf8.count + shown.utf8.count <= TextLine.maximumSize else { break }
            line.unicodeScalars.append(shown)
        }
        self.init(code, words: line)
    }
}
