import Testing

@testable import Cedar

struct `Extension values` {
    private static let decimals: [(String, Int64)] = [
        ("0.0", 0), ("-0.0", 0), ("1.0", 10_000), ("01.5", 15_000), ("-0.5", -5000), ("-0.0001", -1), ("1.2345", 12_345),
        ("922337203685477.5807", Int64.max), ("-922337203685477.5808", Int64.min),
    ]

    @Test(arguments: decimals)
    func `decimals are read`(text: String, tenThousandths: Int64) throws {
        let value = try #require(DecimalValue(CedarString(text)))
        #expect(value.tenThousandths == tenThousandths)
        #expect(DecimalValue(CedarString(value.description)) == value)
    }

    private static let noDecimals: [String] = [
        "", "1", "1.", ".1", "-", "-.1", "1.23456", "+1.0", " 1.0", "1.0 ", "1.0.0", "1e3", "--1.0", "1,0", "922337203685477.5808",
        "-922337203685477.5809", "99999999999999999999.0", "1.\u{661}", "٣.0",
    ]

    @Test(arguments: noDecimals)
    func `decimals are refused`(text: String) {
        #expect(DecimalValue(CedarString(text)) == nil)
    }

    private static let datetimes: [(String, Int64)] = [
        ("1970-01-01", 0), ("1969-12-31", -86_400_000), ("2000-02-29", 951_782_400_000),
        ("2024-10-15T11:38:02Z", 1_728_992_282_000),
        ("2024-10-15T11:38:02.101Z", 1_728_992_282_101), ("2024-10-15T11:38:02.101+1134", 1_728_950_642_101),
        ("2024-10-15T11:38:02-1134", 1_729_033_922_000), ("0000-01-01", -62_167_219_200_000),
        ("0000-01-01T00:00:00+2359", -62_167_305_540_000), ("9999-12-31T23:59:59.999-2359", 253_402_387_139_999),
    ]

    @Test(arguments: datetimes)
    func `datetimes are read`(text: String, milliseconds: Int64) {
        #expect(DatetimeValue(CedarString(text))?.milliseconds == milliseconds)
    }

    private static let noDatetimes: [String] = [
        "", "a", "1970", "1970-1-1", "10000-01-01", "2024-00-01", "2024-13-01", "2024-01-00", "2024-01-32", "2024-02-30",
        "2025-02-29",
        "1900-02-29", "2024-04-31", "2024-01-01T", "2024-01-01T01:02", "2024-01-01T01:02:03", "2024-01-01T24:00:00Z",
        "2024-01-01T01:60:00Z",
        "2016-12-31T23:59:60Z", "2024-01-01T01:02:03z", "2024-01-01t01:02:03Z", "2024-01-01T01:02:03.1Z",
        "2024-01-01T01:02:03.1234Z",
        "2024-01-01T01:02:03+01:00", "2024-01-01T01:02:03+2400", "2024-01-01T01:02:03+0060", "2024-01-01T01:02:03+01",
        "2024-01-01Z",
        "2024-01-01T01:02:03ZZ", " 2024-01-01", "2024-01-01 ", "-2024-01-01", "٢٠٢٤-01-01",
    ]

    @Test(arguments: noDatetimes)
    func `datetimes are refused`(text: String) {
        #expect(DatetimeValue(CedarString(text)) == nil)
    }

    @Test func `every day of four hundred years follows the one before`() {
        var expected: Int64 = -2_208_988_800_000
        for year in 1900..<2300 {
            for month in 1...12 {
                for day in 1...31 {
                    func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
                    guard let value = DatetimeValue(CedarString("\(year)-\(pad(month))-\(pad(day))")) else { continue }
                    guard value.milliseconds == expected else { Issue.record("\(year)-\(month)-\(day)"); return }
                    expected += 86_400_000
                }
            }
        }
        #expect(expected == 10_413_792_000_000)
    }

    private static let durations: [(String, Int64)] = [
        ("1d2h3m4s5ms", 93_784_005), ("-1h", -3_600_000), ("0s", 0), ("-0ms", 0), ("1m", 60_000), ("1ms", 1),
        ("00001d", 86_400_000),
        ("9223372036854775807ms", Int64.max), ("-9223372036854775808ms", Int64.min), ("-106751991167d7h12m55s808ms", Int64.min),
    ]

    @Test(arguments: durations)
    func `durations are read`(text: String, milliseconds: Int64) throws {
        let value = try #require(DurationValue(CedarString(text)))
        #expect(value.milliseconds == milliseconds)
        #expect(DurationValue(CedarString(value.description)) == value)
    }

    private static let noDurations: [String] = [
        "", "-", "1", "d", "1ms1s", "1h1d", "1d1d", "1D", "+1d", "1.5h", "1d ", " 1d", "--1d", "1d-1h", "9223372036854775808ms",
        "-106751991168d", "9223372036854775808s", "18446744073709551616ms", "1s1", "٣d",
    ]

    @Test(arguments: noDurations)
    func `durations are refused`(text: String) {
        #expect(DurationValue(CedarString(text)) == nil)
    }

    private static let addresses: [String] = [
        "0.0.0.0", "127.0.0.1", "10.0.0.1/24", "255.255.255.255/0", "::", "::1", "::/0", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1::8/127", "ABCD:ef01::", "0001::", "::ffff:ff00:1",
    ]

    @Test(arguments: addresses)
    func `addresses are read`(text: String) throws {
        let value = try #require(IPAddressValue(CedarString(text)))
        #expect(IPAddressValue(CedarString(value.description)) == value)
    }

    private static let noAddresses: [String] = [
        "", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.-4", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/08", "1.2.3.4/+8",
        "1.2.3.4/8/8",
        "1.2.3.4 ", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "1:2:3:4:5:6:7::8", "1::2::3", "12345::",
        "g::",
        "::1/129", "::1/0128", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "::1%eth0", "[::1]", "::1/-1", "1.2.3.4\u{0}",
    ]

    @Test(arguments: noAddresses)
    func `addresses are refused`(text: String) {
        #expect(IPAddressValue(CedarString(text)) == nil)
    }
}
