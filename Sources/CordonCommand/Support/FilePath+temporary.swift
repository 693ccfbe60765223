import FoundationEssentials
import SystemPackage

extension FilePath {
    /// Where files go that are gone with the process: $TMPDIR, or /tmp.
    static var temporaryFolder: FilePath { FilePath(FileManager.default.temporaryDirectory.path) }
}
