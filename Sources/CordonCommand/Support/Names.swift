import AccessPolicy
import CryptoPrimitives
import GatewayClient
import MedicalRecords

/// Names as people write and read them.
enum Names {
    static let categories = Category.allCases.map(\.id).joined(separator: ", ")
    static let purposes = PurposeOfUse.allCases.map(\.id).joined(separator: ", ")

    static func category(_ name: String) throws(ClientError) -> Category {
        guard let category = Category(id: name.lowercased()) else { throw .notFound(.category(name)) }
        return category
    }

    static func purpose(_ name: String) throws(ClientError) -> PurposeOfUse {
        guard let purpose = PurposeOfUse(id: name.lowercased()) else { throw .notFound(.purpose(name)) }
        return purpose
    }

    /// A label as policies name it: a code of HL7's v3-ActCode, or `system|code`.
    static func label(_ text: String) throws(ClientError) -> TextLine {
        let code = text.contains("|") ? text : text.uppercased()
        guard code.contains("|") || SensitivityCodes.tree.contains(code), let line = TextLine(code) else {
            throw .notFound(.label(text))
        }
        return line
    }

    static func day(_ text: String) throws -> Day {
        guard let day = Day(text) else { throw Stop.usage("\"\(text)\" is no day", "Write it as 2027-01-01.") }
        return day
    }

    static func line(_ text: String, for what: String) throws -> TextLine {
        guard let line = TextLine(text) else {
            throw Stop.usage("\(what) is one visible line of up to 255 bytes, without control characters")
        }
        return line
    }

    /// `1 January 2027`.
    static func written(_ day: Day) -> String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
            "December",
        ]
        let date = day.calendarDate
        return "\(date.day) \(months[date.month - 1]) \(date.year)"
    }

    static func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }

    static func category(_ code: UInt16) -> String {
        Category(code: code)?.id ?? "category \(code)"
    }

    static func purposes(_ codes: [UInt8]) -> String {
        codes.map { PurposeOfUse(code: $0)?.id ?? "purpose \($0)" }.joined(separator: " or ")
    }
}
