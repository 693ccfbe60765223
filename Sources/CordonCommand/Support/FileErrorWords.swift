import DurableFiles

extension FileError {
    var words: String {
        switch self {
        case .notFound: "there is no such file"
        case .exists: "it is there already"
        case .noSpace: "the disk is full; nothing was changed"
        case .denied: "it may not be read or written"
        case .isFolder: "it is a folder"
        case .tooLarge: "it is larger than this command takes"
        case .changed: "somebody wrote to it while it was read"
        case .locked: "another process has it"
        case .system(let error): "\(error)"
        }
    }

    var advice: String? {
        switch self {
        case .notFound: "Check the name, and the folder it is in."
        case .noSpace: "Make room on the disk and try again."
        case .denied: "Who owns it? A profile belongs to one user of this computer."
        case .exists, .isFolder, .tooLarge: "Name another file."
        case .changed, .locked: "Wait until that is done."
        case .system: nil
        }
    }
}
