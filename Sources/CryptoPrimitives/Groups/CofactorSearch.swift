/// Steps i at which r = r0 + 2 i and p = 2 q r + 1 both pass Fermat's test to base 2, found by a sieve first: one of some million does.
struct CofactorSearch: ~Copyable {
    private let order: WholeNumber
    private let first: WholeNumber
    private let sieved: [SievedPrime]
    private var windowStart = 0
    private var window: [Bool]
    private var position: Int

    /// A larger bound leaves fewer candidates to test, which take some milliseconds each, and takes longer to sieve by.
    private static let sieveBound = 1 << 24
    private static let windowSize = 1 << 19

    /// For one small prime, the step at which it first divides r, and that at which it first divides p.
    private struct SievedPrime {
        let prime: UInt
        let roots: (ofCofactor: UInt, ofModulus: UInt?)
    }

    init(order: consuming WholeNumber, first: consuming WholeNumber) {
        let start = GroupDerivation.modulus(order, first)
        var sieved: [SievedPrime] = []
        for prime in Self.oddPrimes(below: Self.sieveBound) {
            let ofCofactor = Self.root(of: first.remainder(by: prime), slope: 2, prime)
            // p grows by 4 q a step.
            let slope = 4 % prime * order.remainder(by: prime) % prime
            let ofModulus = slope == 0 ? nil : Self.root(of: start.remainder(by: prime), slope: slope, prime)
            sieved.append(SievedPrime(prime: prime, roots: (ofCofactor, ofModulus)))
        }
        self.order = order
        self.first = first
        self.sieved = sieved
        window = []
        position = Self.windowSize
        windowStart = -Self.windowSize
    }

    mutating func next(_ progress: (Int) -> Void) -> Int {
        while true {
            if position == Self.windowSize {
                sieveNextWindow()
                progress(windowStart)
            }
            let step = windowStart + position
            position += 1
            if window[step - windowStart], isCandidate(step) { return step }
        }
    }

    /// The least i with value + i slope = 0 modulo a prime.
    private static func root(of value: UInt, slope: UInt, _ prime: UInt) -> UInt {
        (prime - value) % prime * inverse(of: slope % prime, prime) % prime
    }

    /// By Euclid's algorithm.
    private static func inverse(of number: UInt, _ prime: UInt) -> UInt {
        var (a, b) = (Int(prime), Int(number))
        var (x, y) = (0, 1)
        while b != 0 {
            (a, b, x, y) = (b, a % b, y, x - a / b * y)
        }
        return UInt(x < 0 ? x + Int(prime) : x)
    }

    private static func oddPrimes(below bound: Int) -> [UInt] {
        var isComposite = [Bool](repeating: false, count: bound)
        var primes: [UInt] = []
        for number in stride(from: 3, to: bound, by: 2) where !isComposite[number] {
            primes.append(UInt(number))
            for multiple in stride(from: number * number, to: bound, by: 2 * number) { isComposite[multiple] = true }
        }
        return primes
    }

    private mutating func sieveNextWindow() {
        windowStart += Self.windowSize
        position = 0
        window = [Bool](repeating: true, count: Self.windowSize)
        for sieved in sieved {
            strike(sieved.prime, from: sieved.roots.ofCofactor)
            if let root = sieved.roots.ofModulus { strike(sieved.prime, from: root) }
        }
    }

    private mutating func strike(_ prime: UInt, from root: UInt) {
        let offset = (Int(root) - windowStart) % Int(prime)
        var step = offset < 0 ? offset + Int(prime) : offset
        while step < Self.windowSize {
            window[step] = false
            step += Int(prime)
        }
    }

    private borrowing func isCandidate(_ step: Int) -> Bool {
        let cofactor = first.plus(2 * UInt(step))
        return cofactor.passesFermat() && GroupDerivation.modulus(order, cofactor).passesFermat()
    }
}
