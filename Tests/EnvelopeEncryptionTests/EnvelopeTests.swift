import CryptoPrimitives
import TestSupport
import Testing

@testable import EnvelopeEncryption

@Suite struct Envelopes {
    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000]) func `content comes back`(size: Int) throws {
        let identity = HybridIdentity.random()
        let file = try Envelope.seal(content(size).span, to: identity.recipient())
        #expect(try Envelope.open(file, with: identity) == content(size))
        let (streamed, failure) = stream(file, pieces: [1_000, 70_000], with: identity)
        #expect(streamed == content(size) && failure == nil)
    }

    @Test func `what is streamed in is opened at once, and the reverse`() throws {
        let first = HybridIdentity.random()
        let second = HybridIdentity.random()
        var pieces = Pieces(content(150_000), lengths: [40_000, 3])
        var file: [UInt8] = []
        let sealed = try Envelope.seal(
            from: { pieces.next(into: &$0) },
            to: [first.recipient(), second.recipient()],
            into: { file.append(copying: $0) })
        #expect(try Envelope.open(file, with: first) == content(150_000))
        #expect(try Envelope.open(file, with: second) == content(150_000))
        #expect(PayloadID(of: Array(file.suffix(Int(sealed.size)))) == sealed.id)
    }

    @Test func `a passphrase seals a stream too`() throws {
        var file: [UInt8] = []
        var pieces = Pieces(content(10), lengths: [.max])
        _ = try Envelope.seal(
            from: { pieces.next(into: &$0) }, to: quickPassphrase(), into: { file.append(copying: $0) })
        #expect(try Envelope.open(file, with: quickPassphrase()) == content(10))
    }

    @Test(arguments: [0, 1, 32, 65_536]) func `a secret goes from arena to arena`(size: Int) throws {
        let original = secret(content(size))
        let file = try original.withBytes { bytes in try Envelope.seal(bytes, to: quickPassphrase()) }
        let isSame = try Envelope.openSecret(file, with: quickPassphrase()).isEqual(to: original)
        #expect(isSame)
    }

    @Test func `a secret above one chunk is refused`() throws {
        let file = try Envelope.seal(content(65_537).span, to: quickPassphrase())
        #expect(throws: OpenError.tooLarge) { _ = try Envelope.openSecret(file, with: quickPassphrase()).count }
    }

    @Test func `armor goes round an envelope`() throws {
        let identity = X25519Identity.random()
        let file = try Envelope.seal(content(500).span, to: identity.recipient)
        #expect(try Envelope.open(Armor.decode(Armor.encode(file)), with: identity) == content(500))
    }
}

@Suite struct EnvelopeRefusals {
    /// Neither at once nor in pieces nor as a secret does anything come out.
    private func isRefused(_ file: [UInt8], with identity: borrowing some Identity & ~Copyable) -> Bool {
        let isOpened = (try? Envelope.open(file, with: identity)) != nil
        let isSecret = (try? Envelope.openSecret(file, with: identity)) != nil
        let (content, failure) = stream(file, pieces: [100], with: identity)
        return !isOpened && !isSecret && content.isEmpty && failure != nil
    }

    @Test func `any bit of an X25519 envelope changed, and any cut`() throws {
        let identity = X25519Identity.random()
        let file = try Envelope.seal(content(40).span, to: identity.recipient)
        #expect(isRefused(file, with: identity) == false)
        var failures = Failures()
        for bit in 0..<8 * file.count {
            var changed = file
            changed[bit / 8] ^= 1 << (bit % 8)
            failures.check(isRefused(changed, with: identity), "bit \(bit)")
        }
        for count in file.indices { failures.check(isRefused(Array(file.prefix(count)), with: identity), "cut at \(count)") }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `any byte of a hybrid envelope changed, and any cut`() throws {
        let identity = HybridIdentity.random()
        let file = try Envelope.seal(content(40).span, to: identity.recipient())
        #expect(isRefused(file, with: identity) == false)
        var failures = Failures()
        for index in file.indices {
            var changed = file
            changed[index] ^= 1 << (index % 8)
            failures.check(isRefused(changed, with: identity), "byte \(index)")
            failures.check(isRefused(Array(file.prefix(index)), with: identity), "cut at \(index)")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `any bit of a passphrase envelope changed, and any cut`() throws {
        let passphrase = Passphrase(secret("p"), workFactor: 1)
        let file = try Envelope.seal(content(40).span, to: passphrase)
        #expect(isRefused(file, with: passphrase) == false)
        var failures = Failures()
        for bit in 0..<8 * file.count {
            var changed = file
            changed[bit / 8] ^= 1 << (bit % 8)
            failures.check(isRefused(changed, with: passphrase), "bit \(bit)")
        }
        for count in file.indices { failures.check(isRefused(Array(file.prefix(count)), with: passphrase), "cut at \(count)") }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `bytes behind the end, and two envelopes in one`() throws {
        let identity = X25519Identity.random()
        let file = try Envelope.seal(content(40).span, to: identity.recipient)
        for rest in [[0], content(16), content(70_000), file] { #expect(isRefused(file + rest, with: identity) == true) }
    }

    @Test func `each failure tells its stage and no more`() throws {
        let identity = X25519Identity.random()
        let file = try Envelope.seal(content(40).span, to: identity.recipient)
        let start = try Header(startOf: file).bytes.count
        func failure(_ change: (inout [UInt8]) -> Void) -> OpenError? {
            var changed = file
            change(&changed)
            let streamed = stream(changed, with: identity).failure
            do throws(OpenError) {
                _ = try Envelope.open(changed, with: identity)
            } catch {
                return error == streamed ? error : nil
            }
            return nil
        }
        #expect(failure { $0[0] ^= 1 } == .header(.malformed))
        #expect(failure { $0 = Array($0.prefix(start + 15)) } == .header(.malformed))
        // The type of the stanza, then a character of the MAC, each to one that may stand there.
        #expect(failure { $0[30] ^= 1 } == .header(.noIdentityMatches))
        #expect(
            failure { $0[start - 10] = UInt8(ascii: $0[start - 10] == UInt8(ascii: "A") ? "B" : "A") } == .header(.notAuthentic))
        #expect(failure { $0 = Array($0.prefix(start + 16)) } == .payload(.notAuthentic))
        #expect(failure { $0[start] ^= 1 } == .payload(.notAuthentic))
        #expect(failure { $0[start + 20] ^= 1 } == .payload(.notAuthentic))
    }
}

@Suite struct Rewrapping {
    @Test func `a header for another recipient goes before the same payload`() throws {
        let anna = HybridIdentity.random()
        let ben = HybridIdentity.random()
        let file = try Envelope.seal(content(100_000).span, to: anna.recipient())
        let header = try Header(startOf: file)
        let payload = Array(file[header.bytes.count...])

        let forBen = try Header.wrap(try header.unwrap(with: anna), to: ben.recipient())
        #expect(try Envelope.open(forBen.bytes + payload, with: ben) == content(100_000))
        #expect(throws: OpenError.header(.noIdentityMatches)) { try Envelope.open(forBen.bytes + payload, with: anna) }
        #expect(try Envelope.open(header.bytes + payload, with: anna) == content(100_000))
    }

    @Test func `headers kept apart from the payload are enough`() throws {
        let fileKey = FileKey.random()
        let first = HybridIdentity.random()
        let second = HybridIdentity.random()
        let headers = try [first.recipient(), second.recipient()].map { try Header.wrap(fileKey, to: $0).bytes }
        let (payload, _) = sealedPayload(of: content(1_000), under: fileKey)
        #expect(try Envelope.open(headers[0] + payload, with: first) == content(1_000))
        #expect(try Envelope.open(headers[1] + payload, with: second) == content(1_000))
    }

    @Test func `a header before another payload opens nothing`() throws {
        let identity = HybridIdentity.random()
        let files = try (0..<2).map { _ in try Envelope.seal(content(100).span, to: identity.recipient()) }
        let header = try Header(startOf: files[0])
        let payload = files[1].dropFirst(try Header(startOf: files[1]).bytes.count)
        #expect(throws: OpenError.payload(.notAuthentic)) { try Envelope.open(header.bytes + payload, with: identity) }
    }
}
