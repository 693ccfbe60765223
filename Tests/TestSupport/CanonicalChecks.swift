package import CryptoPrimitives

/// What every format owes its readers: its own bytes come back, and nothing else passes for them.
///
/// Cut at any length or with a byte behind it, it is refused. With a bit flipped it is refused, or it is another value, whose bytes
/// are these: then there are no two encodings of one value.
package func canonicalFailures<Value: CanonicalCodable>(_ value: Value) -> Failures {
    let bytes = value.canonicalBytes
    var failures = Failures()
    func reencoded(_ bytes: [UInt8]) -> [UInt8]? { (try? Value(canonical: bytes))?.canonicalBytes }
    let name = "\(Value.self)"
    failures.check(bytes.count <= Value.maximumSize, "\(name) above its own bound")
    failures.check(reencoded(bytes) == bytes, "\(name) does not come back")
    for byte in [0, 1, 0xff] as [UInt8] { failures.check(reencoded(bytes + [byte]) == nil, "\(name) with \(byte) behind it") }
    // Long values are mostly payload: their beginnings and a sample of the rest.
    let places = bytes.indices.filter { $0 < 1_000 || $0.isMultiple(of: 101) || $0 > bytes.count - 200 }
    for place in places {
        failures.check(reencoded(Array(bytes.prefix(place))) == nil, "\(name) cut to \(place)")
        for bit in [0, 3, 7] as [UInt8] {
            var flipped = bytes
            flipped[place] ^= 1 << bit
            failures.check(reencoded(flipped).map { $0 == flipped } ?? true, "\(name) has two encodings, by bit \(bit) of \(place)")
        }
    }
    let endless = [UInt8](repeating: 0, count: Value.maximumSize + 1)
    failures.check(reencoded(endless) == nil, "\(name) above its bound")
    return failures
}
