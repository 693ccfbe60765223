import Foundation
import TestSupport
import Testing

/// With `--json`, what went wrong is an object too, in one shape.
@Suite struct JSONErrorTests {
    @Test(
        arguments: [
            ("cordon --json nonsense", 2), ("cordon --json status", 2),
            ("cordon --json --as nobody status", 4), ("cordon --as nobody status --json", 4),
            ("cordon --json --as nobody patient log", 4), ("cordon --json --as nobody patient sync", 4),
            ("cordon --json --as nobody clinic request 1", 4), ("cordon --json --as nobody clinic request x", 2),
            ("cordon --json --as nobody member admit gone", 4), ("cordon --json --as nobody audit export", 2),
            ("cordon --json --as eve clinic new --name X --gateway http://127.0.0.1:1 --out x", 3),
            ("cordon --json --as eve clinic deposit --patient 1 --corrects ab x", 2),
            ("cordon --json --as nobody serve", 4), ("cordon --json demo --bundle gone", 4),
        ] as [(String, Int32)])
    func `an error is one JSON object, with the exit code, what happened and what to do`(line: String, status: Int32) async throws {
        let outcome = try await Workshop().sh(line)
        #expect(outcome.status == status && outcome.output.isEmpty, "\(outcome.status) \(outcome.all)")
        #expect(outcome.error.hasSuffix("}\n") && outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        let root = try #require(try JSONSerialization.jsonObject(with: Data(outcome.error.utf8)) as? [String: Any])
        let error = try #require(root["error"] as? [String: Any])
        #expect(Set(root.keys) == ["error"] && Set(error.keys) == ["code", "message", "next"])
        #expect(error["code"] as? Int == Int(status))
        #expect((error["message"] as? String)?.isEmpty == false)
        #expect(error["next"] is String || error["next"] is NSNull)
    }

    @Test func `without it, errors are words, and a file named --json asks for nothing`() async throws {
        let workshop = try Workshop()
        for line in ["cordon --as nobody status", "cordon --as nobody member admit -- --json"] {
            let outcome = try await workshop.sh(line)
            #expect(outcome.status == 4 && outcome.error.hasPrefix("cordon: "), "\(outcome.all)")
        }
    }
}
