import CryptoPrimitives
import MedicalRecords
import MerkleLedger

/// The smallest parsers, which stand under all others or under the command line.
enum TextTargets {
    static let all = [FuzzTarget(name: "text", check: check)]

    private static func check(_ bytes: [UInt8]) {
        for variant in [Base64.Variant.standard, .unpadded] {
            if let decoded = Base64.decode(bytes.span, variant) {
                require(Base64.encode(decoded, variant).utf8.elementsEqual(bytes), "base 64 has one form")
            }
        }
        if let text = text(bytes), let decoded = Base45.decode(text) {
            require(Base45.encode(decoded).utf8.elementsEqual(bytes), "base 45 has one form")
        }
        if let name = KeyName(utf8: bytes) { require(name.utf8 == bytes, "a key's name is its bytes") }
        guard let text = text(bytes) else {
            require(TextLine(utf8: bytes) == nil, "a line is UTF-8")
            return
        }
        if let decoded = Hexadecimal.decode(text) {
            require(Hexadecimal.encode(decoded).utf8.elementsEqual(bytes), "base 16 has one form")
        }
        if let hash = Hash(hexadecimal: text) { require(hash.description == text, "a hash has one form") }
        if let day = Day(text) { require(day.description == text, "a day has one form") }
        if let line = TextLine(text) { require(line.text.utf8.elementsEqual(bytes), "a line is its bytes") }
        if let days = DaySpan(text) { require(days.earliest <= days.latest, "a span of days does not end before it begins") }
        if let category = Category(id: text) { require(category.id == text, "a category has one name") }
        if let purpose = PurposeOfUse(id: text) { require(purpose.id == text, "a purpose has one name") }
    }
}
