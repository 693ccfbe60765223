import Cedar
import Foundation
import MedicalRecords
import TestSupport
import Testing

@testable import AccessPolicy

/// Consents as they are signed, with the policies that they once became: `fixtures/consents`. What somebody signed is read so always, or the
/// compiler has another version.
@Suite struct ConsentFixtureTests {
    @Test(arguments: ["treatment-but-for-hiv", "nothing-but-in-emergencies", "every-criterion"])
    func `what was signed still becomes the same policies`(name: String) throws {
        let document = try Fixtures.bytes("consents/\(name).json")
        let compiled = FHIRConsentCompiler.compile(document, .laboratory, try ConsentWorld.grant())
        #expect(compiled.review.isEmpty)
        let policies = [compiled.permit, compiled.forbid].compactMap { $0 }
        let text = policies.map { "// \($0.id)\n\($0.body)\n" }.joined(separator: "\n") + "\n// \(compiled.hash)\n"
        let url = Fixtures.url("consents/\(name).cedar")
        if FormatFile.isWriting { try Data(text.utf8).write(to: url) }
        #expect(try String(contentsOf: url, encoding: .utf8) == text)
    }
}
