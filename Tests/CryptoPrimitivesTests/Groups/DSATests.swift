@testable import CryptoPrimitives
import Foundation
import TestSupport
import Testing

/// NIST's test vectors for DSA run through the arithmetic that SG3072 runs through, over their moduli of 1024 to 3072 bits.
@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct DSATests {
    struct Vector: Decodable {
        let id: String
        let section: [String]
        let P, Q: Hex
        let G, X, Y, R, S, H, Msg: Hex?
        let Result: String?

        var parameters: String { section.last ?? "" }
        var isGenerator: Bool { section.first?.hasPrefix("A.2") ?? false }
    }

    private static func read(_ name: String) throws -> [Vector] {
        let path = "zk-dsa-cavp/\(name).json"
        let isPlain = FileManager.default.fileExists(atPath: try Corpora.url(path).path)
        let data = isPlain ? try Corpora.data(path) : try Corpora.gunzip(path + ".gz")
        return try JSONDecoder().decode(VectorFile<Vector>.self, from: data).tests
    }

    @Test func `a public key is the generator raised to the private one, by windows, by buckets and by combs, in secret too`()
        throws
    {
        var failures = Failures()
        for vector in try Self.read("KeyPair") {
            for kernel in [nil, Modulus.Kernel.limbs] {
                let group = try #require(DSAGroup(vector, kernel: kernel))
                let exponent = group.scalar(try #require(vector.X).bytes)
                for (way, power) in try group.powers(of: group.element(#require(vector.G).bytes), exponent) {
                    failures.check(power == group.element(try #require(vector.Y).bytes), "\(vector.id) \(way)")
                }
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == 28 * 5 * 2)
    }

    @Test(arguments: ["SigGen", "SigVer"])
    func `signatures over SHA-256 verify where NIST says so`(file: String) throws {
        var failures = Failures()
        for vector in try Self.read(file) where vector.parameters.hasSuffix("SHA-256") {
            let isAccepted = try Self.verifies(vector)
            failures.check(isAccepted == (vector.Result ?? "P").hasPrefix("P"), vector.id)
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 30)
    }

    /// FIPS 186-4, section 4.7.
    private static func verifies(_ vector: Vector) throws -> Bool {
        let group = try #require(DSAGroup(vector))
        let (r, s) = (group.scalar(try #require(vector.R).bytes), group.scalar(try #require(vector.S).bytes))
        let zero = [UInt](repeating: 0, count: r.count)
        guard zero.isBelow(r), zero.isBelow(s), r.isBelow(group.order), s.isBelow(group.order) else { return false }
        let digest = SHA256.hash(try #require(vector.Msg).bytes).bytes.prefix(vector.Q.bytes.count)
        let inverse = try #require(WholeNumber.inverse(of: s, modulo: group.order))
        let (u1, u2) = (group.product(group.scalar(Array(digest)), inverse), group.product(r, inverse))
        let (g, y) = (group.element(try #require(vector.G).bytes), group.element(try #require(vector.Y).bytes))
        return Modulus.remainder(of: group.product([(g, u1), (y, u2)]), by: group.order) == r
    }

    @Test(arguments: ["PQGGen", "PQGVer"])
    func `parameters are primes with a generator of order q, where NIST says that they are valid`(file: String) throws {
        var failures = Failures()
        for vector in try Self.read(file) where (vector.Result ?? "P").hasPrefix("P") && vector.Q.bytes.count == 32 {
            let group = try #require(DSAGroup(vector))
            if vector.isGenerator {
                let generator = group.element(try #require(vector.G).bytes)
                failures.check(group.isOne(group.product([(generator, group.order)])) && !group.isOne(generator), vector.id)
            } else {
                let arePrime = WholeNumber(group.modulus.limbs).isPrime(rounds: 24) && WholeNumber(group.order).isPrime(rounds: 24)
                failures.check(arePrime && group.divides, vector.id)
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 20)
    }

    @Test func `what is wrong with parameters that arithmetic can see is seen`() throws {
        var failures = Failures()
        for vector in try Self.read("PQGVer") where vector.Result?.hasPrefix("F") ?? false && vector.Q.bytes.count == 32 {
            guard let group = DSAGroup(vector), let reason = vector.Result else { continue }
            if reason.contains("not prime") {
                let arePrime = WholeNumber(group.modulus.limbs).isPrime(rounds: 24) && WholeNumber(group.order).isPrime(rounds: 24)
                failures.check(!arePrime, "\(vector.id) \(reason)")
            } else if reason.contains("doesn't div") {
                failures.check(!group.divides, "\(vector.id) \(reason)")
            } else if reason.contains("G modified") {
                let generator = group.element(try #require(vector.G).bytes)
                failures.check(!group.isOne(group.product([(generator, group.order)])), "\(vector.id) \(reason)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 20)
    }
}

/// A group of DSA, over the same `Modulus` as SG3072.
struct DSAGroup {
    let modulus: Modulus
    let order: [UInt]
    private let orderModulus: Modulus

    /// - Parameter kernel: `nil` for the one that this processor likes best.
    init?(_ vector: DSATests.Vector, kernel: Modulus.Kernel? = nil) {
        guard let modulus = Modulus(Self.limbs(vector.P.bytes), kernel: kernel),
            let orderModulus = Modulus(Self.limbs(vector.Q.bytes))
        else {
            return nil
        }
        (self.modulus, self.orderModulus, order) = (modulus, orderModulus, orderModulus.limbs)
    }

    private static func limbs(_ bytes: [UInt8]) -> [UInt] {
        [UInt](bigEndian: [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8) + bytes)
    }

    func element(_ bytes: [UInt8]) -> [UInt] { Self.padded(bytes, to: modulus.limbs.count) }

    func scalar(_ bytes: [UInt8]) -> [UInt] { Self.padded(bytes, to: order.count) }

    private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt] {
        let limbs = limbs(bytes)
        return limbs + [UInt](repeating: 0, count: max(0, count - limbs.count))
    }

    var divides: Bool {
        var less = modulus.limbs
        less[0] -= 1
        return Modulus.remainder(of: less, by: order).allSatisfy { $0 == 0 }
    }

    func isOne(_ number: [UInt]) -> Bool { number[0] == 1 && number.dropFirst().allSatisfy { $0 == 0 } }

    func product(_ a: [UInt], _ b: [UInt]) -> [UInt] {
        let work = Workspace(orderModulus, residues: 2, timing: .constant)
        work.load(0, Modulus.remainder(of: a, by: order))
        work.load(1, b)
        work.multiply(work.residue(0), work.residue(0), work.residue(1))
        return work.number(0)
    }

    func product(_ factors: [(base: [UInt], exponent: [UInt])]) -> [UInt] {
        let work = Workspace(modulus, residues: 1, timing: .variable)
        PublicProduct(factors.map { .init(base: $0.base, exponent: $0.exponent) }).evaluate(work)
        return work.number(0)
    }

    func powers(of base: [UInt], _ exponent: [UInt]) -> [(String, [UInt])] {
        let table = CombTable(base: base, modulus: modulus, comb: Comb(teeth: 5, bits: 64 * order.count))
        let open = Workspace(modulus, residues: 2, timing: .variable)
        let secret = Workspace(modulus, residues: 2, timing: .constant)
        var powers: [(String, [UInt])] = []
        PublicProduct([.init(base: base, exponent: exponent)]).evaluate(open, by: .windows)
        powers.append(("windows", open.number(0)))
        PublicProduct([.init(base: base, exponent: exponent)]).evaluate(open, by: .buckets(digitBits: 4))
        powers.append(("buckets", open.number(0)))
        exponent.withUnsafeBufferPointer { exponent in
            guard let limbs = exponent.baseAddress else { return }
            Comb.product([table], limbs, open)
            powers.append(("comb", open.number(0)))
            Comb.product([table], limbs, secret)
            powers.append(("secret comb", secret.number(0)))
            WindowTable.product(of: [base], limbs, limbCount: exponent.count, secret)
            powers.append(("secret windows", secret.number(0)))
        }
        return powers
    }
}

/// The published groups of safe primes.
@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct SafePrimeGroupTests {
    struct Groups: Decodable {
        struct Group: Decodable {
            let name: String
            let p, q: Hex
        }
        let groups: [Group]
    }

    @Test func `2 raised to q is 1 in the groups of RFC 3526 and RFC 7919`() throws {
        let file: Groups = try Corpora.json("zk-groups/groups.json")
        var failures = Failures()
        for group in file.groups where group.p.bytes.count <= 384 {
            let modulus = try #require(Modulus([UInt](bigEndian: group.p.bytes)))
            let two = [2] + [UInt](repeating: 0, count: modulus.limbs.count - 1)
            let work = Workspace(modulus, residues: 1, timing: .variable)
            PublicProduct([.init(base: two, exponent: [UInt](bigEndian: group.q.bytes))]).evaluate(work)
            failures.check(work.number(0) == [1] + two.dropFirst(), group.name)
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == 5)
    }
}
