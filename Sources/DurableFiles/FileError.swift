package import SystemPackage

/// Why a file could not be read or written. No case carries content.
package enum FileError: Error, Equatable {
    case notFound
    /// Something of that name is there already.
    case exists
    /// No room on the disk, or above the quota.
    case noSpace
    /// The disk or the file cannot be written, or may not be read.
    case denied
    case isFolder
    /// The file is longer than the caller is ready to read.
    case tooLarge
    /// The file was changed while it was read.
    case changed
    /// Another process holds the lock.
    case locked
    /// What the system said.
    case system(Errno)

    package init(_ error: Errno) {
        switch error {
        case .noSuchFileOrDirectory: self = .notFound
        case .fileExists: self = .exists
        case .noSpace, .diskQuotaExceeded: self = .noSpace
        case .permissionDenied, .notPermitted, .readOnlyFileSystem: self = .denied
        case .isDirectory: self = .isFolder
        case .wouldBlock: self = .locked
        default: self = .system(error)
        }
    }

    /// Runs a call of swift-system, which throws `Errno` and nothing else.
    static func translating<Result>(_ body: () throws -> Result) throws(FileError) -> Result {
        do {
            return try body()
        } catch let error as Errno {
            throw FileError(error)
        } catch {
            throw .system(.ioError)
        }
    }
}
