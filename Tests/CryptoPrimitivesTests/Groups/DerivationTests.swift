@testable import CryptoPrimitives
import Foundation
import TestSupport
import Testing

/// The group follows from its tag. That no earlier candidate would have done takes a minute: `CORDON_SLOW=1`, or `make group`.
@Suite struct DerivationTests {
    private static let isSlow = ProcessInfo.processInfo.environment["CORDON_SLOW"] == "1"
    /// Counted by the search.
    private static let (orderStep, cofactorStep) = (67, 1_897_477)
    private static let known = (tag: "medrec-zk/group/v1", orderStep: 79, cofactorStep: 1_679_179)

    @Test func `the known answers for another tag come out`() throws {
        let group = try GroupDerivation(
            tag: Self.known.tag, orderStep: Self.known.orderStep, cofactorStep: Self.known.cofactorStep)
        let hashes = [
            "p": "c31b5e062d988a4f6a3de0ca0c8d80e54845a9115e844c478d4e192b57bc00a8",
            "H": "7f7726708ef05acc9bf343cd3cdeaf37053f3a6e725e3e9e399c9a48588d210b",
            "Q": "b90cac94dec45c195191403e21d8f5c7da24dd5da9376876b2c24dfdd059ce11",
            "G/0": "7f831be83aaec15ba27a83d962d285a24250892a3643976582d384a345e97660",
            "K/0": "76dea065109c9e00de196baec4cd31da08de5b2b49d3cc3835c48aab03e42df5",
        ]
        #expect(
            Hexadecimal.encode(group.numbers.order.bytes) == "e8f6b2f7872df8e2758beacb21f5fb787d9322b0122702d6ed8bbe448aac85f1")
        for (label, hash) in hashes {
            let number = label == "p" ? group.numbers.modulus : group.generator(label)
            #expect(SHA256.hash(number.bytes).description == hash, "\(label)")
        }
    }

    @Test func `what is shipped follows from our tag, primes, generators and all`() throws {
        let group = try GroupDerivation(tag: SG3072.tag, orderStep: Self.orderStep, cofactorStep: Self.cofactorStep)
        #expect(SHA256.hash(group.resource()) == SG3072.parametersHash)
    }

    @Test func `steps at which nothing is prime are refused`() {
        #expect(throws: GroupDerivation.DerivationError.notPrime) {
            try GroupDerivation(tag: SG3072.tag, orderStep: Self.orderStep, cofactorStep: Self.cofactorStep + 1)
        }
        #expect(throws: GroupDerivation.DerivationError.notPrime) {
            try GroupDerivation(tag: SG3072.tag, orderStep: Self.orderStep + 1, cofactorStep: Self.cofactorStep)
        }
    }

    @Test(.enabled(if: isSlow, "CORDON_SLOW is not set"))
    func `no earlier candidate would have done, for either tag`() {
        let ours = GroupDerivation.search(tag: SG3072.tag)
        #expect(ours.orderStep == Self.orderStep && ours.cofactorStep == Self.cofactorStep)
        let known = GroupDerivation.search(tag: Self.known.tag)
        #expect(known.orderStep == Self.known.orderStep && known.cofactorStep == Self.known.cofactorStep)
    }
}
