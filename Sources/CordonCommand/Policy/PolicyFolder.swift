import AccessPolicy
import Cedar
import DurableFiles
import SystemPackage

/// A folder of policies as they lie on the disk: `schema.cedarschema`, `statute/*.cedar`, `institution/*.cedar`, and cases in
/// `tests/*.json`, of which `entities.json` holds who and what they speak of.
struct PolicyFolder {
    private static let sizeLimit = 1 << 20
    private static let countLimit = 1_000

    let path: String

    func library() throws -> PolicyLibrary {
        let files = try files()
        do throws(LibraryError) {
            return try PolicyLibrary(files)
        } catch {
            throw Self.unusable(error)
        }
    }

    /// What is published of it, by name: everything but the cases.
    func files() throws -> [String: [UInt8]] {
        var sources = [try source("schema.cedarschema")]
        for folder in ["statute", "institution"] { sources += try files(in: folder, ending: ".cedar") }
        return Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0.bytes) })
    }

    func entities(_ schema: Schema) throws -> Entities {
        let file = try source("tests/entities.json")
        do {
            let entities = try Entities(json: file.bytes, schema: schema)
            try schema.validate(entities)
            return entities
        } catch {
            throw Self.unusable(.unreadable(file: file.name, reason: "\(error)"))
        }
    }

    func cases(_ schema: Schema) throws -> [PolicyCases] {
        try files(in: "tests", ending: ".json").filter { $0.name != "tests/entities.json" }.map { file in
            do throws(LibraryError) {
                return try PolicyCases(file, schema: schema)
            } catch {
                throw Self.unusable(error)
            }
        }
    }

    private func files(in folder: String, ending: String) throws -> [PolicyLibrary.Source] {
        let names: [String]
        do throws(FileError) {
            names = try DurableFile.names(in: InputFiles.absolute("\(path)/\(folder)")).filter { $0.hasSuffix(ending) }.sorted()
        } catch .notFound {
            return []
        } catch {
            throw Stop.localData("\(path)/\(folder) cannot be read", "Is it a folder, and may you read it?")
        }
        guard names.count <= Self.countLimit else {
            throw Stop.localData("\(path)/\(folder) holds more than \(Self.countLimit) files")
        }
        return try names.map { try source("\(folder)/\($0)") }
    }

    private func source(_ name: String) throws -> PolicyLibrary.Source {
        PolicyLibrary.Source(name: name, bytes: try InputFiles.read("\(path)/\(name)", atMost: Self.sizeLimit))
    }

    private static func unusable(_ error: LibraryError) -> Stop {
        .localData("\(error)", "No policy of this folder is used until that is mended.")
    }
}
