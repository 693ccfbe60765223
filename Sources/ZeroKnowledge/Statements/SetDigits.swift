/// A large set as a table of `digits` digits in base `base`, of which each is shown by `base` values.
struct SetDigits {
    /// Up to here one digit with as many values as the set has members.
    static let smallSet = 32

    let digits, base: Int

    /// The shape whose proof is shortest, of equals that with fewer digits.
    init(count: Int) {
        let shapes = (2...4).map { digits in (digits: digits, base: Self.base(digits, count)) }
        func size(_ shape: (digits: Int, base: Int)) -> Int { 32 * shape.digits * (shape.base - 1) + 384 * (shape.digits - 1) }
        let best = shapes.dropFirst().reduce(shapes[0]) { size($1) < size($0) ? $1 : $0 }
        (digits, base) = (best.digits, best.base)
    }

    /// The least number whose `digits`th power is at least `count`.
    private static func base(_ digits: Int, _ count: Int) -> Int {
        var base = 2
        while (1..<digits).reduce(base, { power, _ in power * base }) < count { base += 1 }
        return base
    }
}
