import CryptoPrimitives
import GatewayAPI
import SharingContract
import TestSupport
import Testing

/// Every message and every answer: what was written is read, and nothing else is.
@Suite struct Calls {
    private let samples: CallSamples

    init() throws {
        samples = try CallSamples()
    }

    private func expectCanonical(_ values: any CanonicalCodable..., sourceLocation: SourceLocation = #_sourceLocation) {
        for value in values {
            let failures = canonicalFailures(value)
            #expect(failures.isEmpty, "\(failures)", sourceLocation: sourceLocation)
        }
    }

    @Test func `what goes on the ledger`() {
        let entry = samples.entry
        expectCanonical(entry, PostEntry(entry: entry.entry, evidence: entry.evidence), samples.posted)
    }

    @Test func `deposits and what they need`() {
        let compartment = publicKey("ana/laboratory")
        expectCanonical(
            FetchRecipientList(compartment: compartment),
            FetchRecipientList(compartment: compartment, permission: samples.permission),
            StoredPayload(payload: PayloadID(World.salt), size: .max), samples.deposit,
            DepositRecords.Answer(posted: samples.posted, places: [.init(salt: World.salt, proof: samples.proof)]))
    }

    @Test func `requests and what they release`() {
        let signature = key("grant/release").sign([])
        expectCanonical(
            RequestRecords(request: [1, 2, 3], releaseSignature: signature), FetchPayload(ticket: World.salt),
            RequestRecords.Answer(decision: samples.posted, outcome: .refused(blind: World.salt)), samples.released([samples.item]),
            samples.record())
    }

    @Test func `the patient's own calls`() {
        expectCanonical(
            ListRecords(), ListRecords(after: 7), ListRecords(missing: SHA256.hash([1])),
            ListRecords(after: .max, missing: SHA256.hash([1])), ListRecords.Answer(records: [samples.record()], hasMore: true),
            ListRecords.Answer(records: [], hasMore: false), ListVersions(record: samples.descriptor().record),
            ListVersions(record: samples.descriptor().record, after: .max),
            AddHeaders(grant: publicKey("grant"), headers: [.init(position: 7, bytes: [1]), .init(position: 3, bytes: [])]),
            FetchOwnPayload(position: .max), FetchHistory(from: 7), samples.erasure)
    }

    @Test func `emergencies`() {
        let body = EmergencyBody(samples.world.declaration(), signingWith: key("desk"), origin: samples.world.origin)
        expectCanonical(
            DeclareEmergency(body), DeclareEmergency.Answer(posted: samples.posted, salt: World.salt), FetchEmergencies(leaves: []),
            FetchEmergencies(leaves: [0, 7, .max]))
    }

    @Test func `leaves out of order, twice or too many are not asked for`() {
        func bytes(_ leaves: [UInt64]) -> [UInt8] {
            var writer = CanonicalWriter()
            writer.list(leaves, length: UInt16.self) { $0.integer($1) }
            return writer.bytes
        }
        for wrong in [[2, 1], [1, 1]] as [[UInt64]] {
            #expect(throws: FormatError.notCanonical) { try FetchEmergencies(canonical: bytes(wrong)) }
        }
        #expect(throws: FormatError.tooLarge) { try FetchEmergencies(canonical: bytes(Array(0...256))) }
    }

    @Test func `anchors out of order, twice, none or too many are not brought`() {
        let hashes = (0..<1_025).map { SHA256.hash([UInt8($0 >> 8), UInt8($0 & 255)]) }.sorted()
        expectCanonical(PostAnchors(anchors: Array(hashes.prefix(1))), PostAnchors(anchors: Array(hashes.prefix(1_024))))
        for wrong in [[hashes[1], hashes[0]], [hashes[0], hashes[0]], []] {
            #expect(throws: FormatError.notCanonical) { try PostAnchors(canonical: PostAnchors(anchors: wrong).canonicalBytes) }
        }
        #expect(throws: FormatError.tooLarge) { try PostAnchors(canonical: PostAnchors(anchors: hashes).canonicalBytes) }
    }

    @Test func `evidence`() {
        expectCanonical(ExportEvidence(from: 7), samples.page, EvidencePage(items: [], next: nil), EvidencePage(items: [], next: 0))
    }

    @Test func `the inbox and backups`() {
        expectCanonical(
            SendMessage(address: publicKey("ana"), message: [1, 2, 3]), FetchMessages(after: nil), FetchMessages(after: 7),
            samples.messages([1, 2, .max]), DeleteMessages(numbers: [3, 1, 3]),
            StoreBackup(fetchKey: publicKey("words"), backup: [1, 2]), FetchBackup(), FetchBackup.Answer(backup: [1, 2]), Done())
    }

    @Test func `what members ask for their mirrors`() throws {
        let stored = [1, 2, 9].map { StoredPayload(payload: PayloadID(number: $0), size: UInt64($0)) }
        expectCanonical(
            ListPayloads(), ListPayloads(after: PayloadID(World.salt)), ListPayloads.Answer(payloads: [], hasMore: false),
            ListPayloads.Answer(payloads: stored, hasMore: true), FetchNamedPayload(payload: PayloadID(World.salt)))
        // A page that is not the last says something, and names ascend.
        for answer in [
            ListPayloads.Answer(payloads: [], hasMore: true), ListPayloads.Answer(payloads: stored.reversed(), hasMore: false),
            ListPayloads.Answer(payloads: [stored[0], stored[0]], hasMore: false),
        ] {
            #expect(throws: FormatError.notCanonical) { try ListPayloads.Answer(canonical: answer.canonicalBytes) }
        }
    }

    @Test func `refusals`() throws {
        for code in APIError.Code.allCases { expectCanonical(APIError(code, "for people")) }
        #expect(APIError.Code.allCases.map(\.rawValue) == Array(1...15))
        for code in [0, 16, 255, .max] as [UInt16] {
            var bytes = APIError(.forbidden, "").canonicalBytes
            bytes.replaceSubrange(0..<2, with: [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)])
            #expect(throws: FormatError.unknownTag) { try APIError(canonical: bytes) }
        }
        // What a gateway says is shown to people, so it must not move their cursor.
        for text in ["\u{1B}[2J", "\n", "\u{202E}"] {
            let bytes = [0, 1, UInt8(text.utf8.count)] + Array(text.utf8)
            #expect(throws: FormatError.notCanonical) { try APIError(canonical: bytes) }
        }
    }
}

/// Lists at their bound, one above it, out of order and with the same thing twice.
@Suite struct CallLists {
    private let samples: CallSamples

    init() throws {
        samples = try CallSamples()
    }

    /// Expects that `count` are read and one more is not.
    private func expectBound<Value: CanonicalCodable>(
        _ count: Int, sourceLocation: SourceLocation = #_sourceLocation, _ value: (Int) -> Value
    ) {
        let largest = value(count).canonicalBytes
        #expect((try? Value(canonical: largest))?.canonicalBytes == largest, sourceLocation: sourceLocation)
        #expect(throws: FormatError.tooLarge, sourceLocation: sourceLocation) {
            try Value(canonical: value(count + 1).canonicalBytes)
        }
    }

    @Test func `every list has a bound`() {
        let (samples, record, item) = (samples, samples.record(header: []), samples.item)
        expectBound(256) { DeleteMessages(numbers: [UInt64](repeating: 1, count: $0)) }
        expectBound(64) { samples.messages(Array(0..<UInt64($0))) }
        expectBound(256) {
            AddHeaders(grant: publicKey("grant"), headers: .init(repeating: .init(position: 1, bytes: []), count: $0))
        }
        expectBound(256) { ListRecords.Answer(records: .init(repeating: record, count: $0), hasMore: false) }
        expectBound(256) { samples.released(.init(repeating: item, count: $0)) }
        expectBound(4_096) { count in
            ListPayloads.Answer(
                payloads: (0..<count).map { StoredPayload(payload: PayloadID(number: $0), size: .max) }, hasMore: true)
        }
        expectBound(4_096) { count in
            EvidencePage(items: (0..<UInt64(count)).map { .init(leaf: $0, evidence: .none) }, next: nil)
        }
        expectBound(256) { count in
            DepositRecords.Answer(
                posted: samples.posted, places: .init(repeating: .init(salt: World.salt, proof: samples.proof), count: count))
        }
    }

    @Test func `a deposit has a bound on records and on the headers of each`() {
        let (body, descriptor) = (samples.depositBody, samples.descriptor())
        expectBound(256) { count in
            DepositRecords(body: body, records: .init(repeating: .init(descriptor: descriptor, headers: []), count: count))
        }
        expectBound(257) { count in
            DepositRecords(body: body, records: [.init(descriptor: descriptor, headers: .init(repeating: [], count: count))])
        }
    }

    @Test func `every string has a bound`() {
        func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 1, count: count) }
        let (samples, body, signature) = (samples, samples.depositBody, key("x").sign([]))
        expectBound(4_096) { samples.record(header: bytes($0)) }
        expectBound(4_096) { AddHeaders(grant: publicKey("grant"), headers: [.init(position: 1, bytes: bytes($0))]) }
        expectBound(4_096) { count in
            DepositRecords(body: body, records: [.init(descriptor: samples.descriptor(), headers: [bytes(count)])])
        }
        expectBound(16_384) { RequestRecords(request: bytes($0), releaseSignature: signature) }
        expectBound(16_384) { PostedLeaf(index: 0, leaf: samples.posted.leaf, proof: bytes($0)) }
        expectBound(SendMessage.maximumMessageSize) { SendMessage(address: publicKey("ana"), message: bytes($0)) }
        expectBound(StoreBackup.maximumBackupSize) { StoreBackup(fetchKey: publicKey("words"), backup: bytes($0)) }
        expectBound(StoreBackup.maximumBackupSize) { FetchBackup.Answer(backup: bytes($0)) }
    }

    /// A few bytes that announce four billion of something.
    @Test(arguments: [UInt8.max, 0x7f, 0x01]) func `a length that nothing stands behind is refused`(byte: UInt8) {
        let length = [UInt8](repeating: byte, count: 4)
        #expect(throws: FormatError.self) { try SendMessage(canonical: publicKey("ana").bytes + length) }
        #expect(throws: FormatError.self) { try StoreBackup(canonical: publicKey("ana").bytes + length) }
        #expect(throws: FormatError.self) { try FetchBackup.Answer(canonical: length) }
        #expect(throws: FormatError.self) { try EvidencePage(canonical: Array(length.prefix(2))) }
        #expect(throws: FormatError.self) { try DeleteMessages(canonical: Array(length.prefix(2))) }
    }

    @Test func `messages and evidence stand in order, each once`() {
        for numbers in [[2, 1], [1, 1], [1, 3, 2], [.max, 0]] as [[UInt64]] {
            #expect(throws: FormatError.notCanonical) {
                try FetchMessages.Answer(canonical: samples.messages(numbers).canonicalBytes)
            }
            let page = EvidencePage(items: numbers.map { .init(leaf: $0, evidence: .none) }, next: nil)
            #expect(throws: FormatError.notCanonical) { try EvidencePage(canonical: page.canonicalBytes) }
        }
    }

    /// Or its reader would ask for ever.
    @Test(arguments: [0, 8, 9] as [UInt64]) func `a page leads on and not back`(next: UInt64) {
        let page = EvidencePage(items: [.init(leaf: 9, evidence: .none)], next: next)
        #expect(throws: FormatError.notCanonical) { try EvidencePage(canonical: page.canonicalBytes) }
    }

    @Test func `nothing has no more behind it, and a release is not empty`() {
        let empty = ListRecords.Answer(records: [], hasMore: true).canonicalBytes
        #expect(throws: FormatError.notCanonical) { try ListRecords.Answer(canonical: empty) }
        for hasMore in [false, true] {
            let released = samples.released([], hasMore: hasMore).canonicalBytes
            #expect(throws: FormatError.notCanonical) { try RequestRecords.Answer(canonical: released) }
        }
    }

    @Test func `a leaf inside an answer is a leaf, to its last byte`() {
        let leaf = samples.posted.leaf.canonicalBytes
        for wrong in [Array(leaf.dropLast()), leaf + [0], []] {
            var writer = CanonicalWriter()
            writer.integer(7 as UInt64)
            writer.string(wrong, length: UInt16.self)
            writer.string([], length: UInt16.self)
            #expect(throws: FormatError.self) { try PostedLeaf(canonical: writer.bytes) }
        }
    }
}

extension PayloadID {
    /// Names in the order of their numbers.
    fileprivate init(number: Int) {
        var bytes = [UInt8](repeating: 0, count: 32)
        (bytes[0], bytes[1]) = (UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number))
        guard let value = Bytes32(bytes) else { preconditionFailure("32 bytes") }
        self.init(value)
    }
}
