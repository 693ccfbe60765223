import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// What has to go with records that are opened.
@Suite struct OpeningDutyTests {
    private func received(_ obligations: [UInt8]) throws -> ReceivedRecord {
        let record = try StoredRecord(canonical: try FormatFile("calls.json").bytes("StoredRecord", "bytes"))
        return ReceivedRecord(record, obligations: obligations)
    }

    @Test(
        arguments: [
            ([[]], []), ([[Obligation.notifyPatient, .review]], []), ([[.part2Notice]], [.part2Notice]),
            ([[.consentCopy]], [.consentCopy]),
            ([[.consentCopy], [], [.part2Notice, .review]], [.consentCopy, .part2Notice]),
        ] as [([[Obligation]], Set<OpeningDuties.Paper>)])
    func `each obligation has its paper, or is another's`(obligations: [[Obligation]], papers: Set<OpeningDuties.Paper>) throws {
        let records = try obligations.map { try received($0.map(\.code).sorted()) }
        #expect(try OpeningDuties(records).papers == papers)
    }

    @Test(arguments: [0, 5, 6, 100, 255] as [UInt8]) func `one that nobody here knows keeps everything shut`(code: UInt8) throws {
        let records = try [received([]), received([1, 3]), received([code])]
        for records in [records, records.reversed(), [records[2]]] {
            let failure = #expect(throws: ClientError.self) { try OpeningDuties(records) }
            guard case .notPossible(.unknownObligation(code)) = failure else {
                Issue.record("\(String(describing: failure))")
                continue
            }
        }
        #expect(try OpeningDuties(Array(records.prefix(2))).papers == [.consentCopy, .part2Notice])
    }

    @Test func `obligations are kept as they came, in order and each once`() throws {
        for obligations in [[], [1], [1, 2, 3, 4], [200], Array(0...254)] as [[UInt8]] {
            let record = try received(obligations)
            #expect(try ReceivedRecord(canonical: record.canonicalBytes) == record)
        }
        for wrong in [[2, 1], [1, 1], [1, 2, 2]] as [[UInt8]] {
            let bytes = try received(wrong).canonicalBytes
            #expect(throws: FormatError.notCanonical) { try ReceivedRecord(canonical: bytes) }
        }
        let failures = canonicalFailures(try received([1, 3]))
        #expect(failures.isEmpty, "\(failures)")
    }
}
