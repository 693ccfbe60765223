import Foundation
import Logging
import RecordGateway
import Synchronization
import Testing

@Suite struct JSONLineLogs {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private func lines(_ body: (Logger) -> Void) -> [String] {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in
            JSONLineLog(now: { Date(timeIntervalSince1970: 1_798_795_800.25) }) { line in lines.all.withLock { $0.append(line) } }
        }
        logger[metadataKey: "hb.request.id"] = "8f"
        body(logger)
        return lines.all.withLock { $0 }
    }

    @Test func `a line is as the documentation says`() {
        let written = lines {
            $0.info("answered", metadata: ["route": "/v1/requests", "status": "403", "milliseconds": "2.5"])
        }
        #expect(
            written == [
                """
                {"call":"/v1/requests","event":"answered","level":"info","milliseconds":2.5,"outcome":"refused","request":"8f",\
                "status":403,"time":"2027-01-01T09:30:00.250Z"}

                """
            ])
    }

    @Test func `a mirror names the payload that came wrong`() {
        let written = lines { $0.error("wrong", metadata: ["payload": "7f", "count": "2"]) }
        #expect(written.first?.contains(#""count":2,"event":"wrong","level":"error","payload":"7f""#) == true)
    }

    @Test func `an overdue review names the emergency's entry and its day`() {
        let written = lines { $0.warning("overdue", metadata: ["entry": "41", "due": "2026-11-29"]) }
        #expect(written.first?.contains(#""due":"2026-11-29","entry":41,"event":"overdue""#) == true)
        let planted = lines { $0.warning("overdue", metadata: ["entry": "Ana", "due": "planted"]) }
        #expect(!planted.joined().contains("Ana") && !planted.joined().contains("planted"))
    }

    @Test func `what was not foreseen does not come through`() {
        let written = lines {
            $0.warning("slow", metadata: ["peer": "planted", "uri": "/planted", "status": "planted", "hb.planted": "planted"])
            $0.error("failed", error: Planted())
        }
        #expect(written.count == 2)
        #expect(!written.joined().contains("planted"))
    }

    @Test func `an event of several lines is one line`() throws {
        let written = lines { $0.warning("one\ntwo \"three\"\u{2028}") }
        #expect(written.count == 1 && written[0].split(separator: "\n").count == 1)
        let fields = try #require(try JSONSerialization.jsonObject(with: Data(written[0].utf8)) as? [String: Any])
        #expect(fields["event"] as? String == "one\ntwo \"three\"\u{2028}")
    }

    private struct Planted: Error {}
}
