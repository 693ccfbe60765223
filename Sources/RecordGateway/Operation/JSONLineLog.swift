import CryptoPrimitives
package import Foundation
package import Logging

/// A log as one JSON object a line, for programs:
///
///     {"call":"/v1/requests","event":"answered","level":"info","milliseconds":2.1,"outcome":"refused","request":"8f…","status":403,"time":"2027-01-01T09:30:00.123Z"}
///
/// Only fields that are named here come through, whatever a library adds: nobody who wrote them was thinking of patients.
package struct JSONLineLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level = .info
    private let now: @Sendable () -> Date
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes a whole line with its end.
    package init(now: @escaping @Sendable () -> Date = { Date() }, write: @escaping @Sendable (String) -> Void) {
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    private struct Line: Encodable {
        let time: String
        let level: String
        let event: String
        let call: String?
        let outcome: String?
        let status: Int?
        let milliseconds: Double?
        let request: String?
        /// Of a mirror alone: which payload came wrong, and how often anything did.
        let payload: String?
        let count: Int?
        /// Of an overdue review alone: the entry of the emergency, and the last day.
        let entry: UInt64?
        let due: String?
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        func text(_ name: String) -> String? { fields[name].map { "\($0)" } }
        let status = text("status").flatMap { Int($0) }
        let line = Line(
            time: now().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)), level: event.level.rawValue,
            event: "\(event.message)", call: text("route"),
            outcome: status.map { GatewayMeter.Outcome(status: $0).rawValue }, status: status,
            milliseconds: text("milliseconds").flatMap { Double($0) }, request: text("hb.request.id"),
            payload: text("payload"), count: text("count").flatMap { Int($0) },
            entry: text("entry").flatMap { UInt64($0) }, due: text("due").flatMap { Day($0) }?.description)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(line) else { return }
        write(String(decoding: bytes, as: UTF8.self) + "\n")
    }
}
