import CryptoPrimitives
import GatewayAPI
import RecordStorage

extension Gateway {
    /// All figures, for the one who runs the gateway. None of them names a patient, a compartment, a grant, a record or a caller.
    package var metrics: String {
        var text = MetricsText()
        writeLedger(to: &text)
        writeStore(store.meter.values, to: &text)
        writeCalls(meter.values, to: &text)
        return text.text
    }

    private func writeLedger(to text: inout MetricsText) {
        let head = store.head
        text.gauge("ledger_entries", "Entries on the ledger: the size of its tree.", Double(head.size))
        text.gauge(
            "ledger_last_entry_time_seconds", "Time of the last entry, in seconds since 1970.", Double(head.time.secondsSince1970))
        let checked = store.checkedSize
        text.gauge("store_verified", "0 once a difference was found in the store; then nothing is served.", checked > 0 ? 1 : 0)
        text.gauge(
            "store_checked_entries", "Entries up to which all was checked. What came later, this process wrote.", Double(checked))
        text.gauge("read_only", "Whether entries are refused because the store came back from a backup.", isReadOnly ? 1 : 0)
        if let free = try? store.freeSpace() {
            text.gauge("disk_free_bytes", "Bytes that can still be written to the store's disk.", Double(free))
        }
        text.gauge("disk_reserved_bytes", "Below this, only what ends grants and keys is written.", Double(limits.reservedSpace))
    }

    private func writeStore(_ values: StoreMeter.Values, to text: inout MetricsText) {
        text.gauge(
            "checkpoint_age_seconds", "Seconds since a checkpoint was signed, by this process.",
            (ContinuousClock.now - values.signed) / .seconds(1))
        text.gauge("store_waiting_writers", "Writers that wait for their batch, or are in one.", Double(values.waiting))
        text.counter("store_failed_batches_total", "Batches that could not be written.", values.failures)
        text.begin("store_batch_writers", .histogram, "Writers that shared one sync of the disk.")
        text.lines("store_batch_writers", [], values.batch)
        text.begin("store_sync_seconds", .histogram, "How long a written batch took to become durable.")
        text.lines("store_sync_seconds", [], values.sync)
    }

    private func writeCalls(_ values: GatewayMeter.Values, to text: inout MetricsText) {
        text.gauge("open_connections", "Connections of clients.", Double(values.connections))
        text.counter("received_bytes_total", "Bytes of messages and payloads that came.", values.received)
        text.counter("sent_bytes_total", "Bytes of answers, without their headers.", values.sent)
        text.gauge("emergency_reviews_open", "Emergencies that nobody has reviewed yet.", Double(values.openReviews))
        text.gauge(
            "emergency_reviews_overdue", "Of those, the ones whose last day for a review is over.", Double(values.overdueReviews))
        text.gauge("claims_anchors_waiting", "Marks of claims that wait to be published.", Double(values.waitingAnchors))
        let calls = values.calls.sorted { $0.key < $1.key }
        text.begin("calls_total", .counter, "Calls by their path and how they ended. A decision is an answer, whatever it says.")
        for (path, calls) in calls {
            for outcome in GatewayMeter.Outcome.allCases {
                text.line("calls_total", [("call", path), ("outcome", outcome.rawValue)], Double(calls.outcomes[outcome] ?? 0))
            }
        }
        text.begin("call_seconds", .histogram, "From the head of a call to its answer.")
        for (path, calls) in calls { text.lines("call_seconds", [("call", path)], calls.seconds) }
        text.begin("public_reads_total", .counter, "Answers to what anybody may read.")
        for (path, count) in values.shown.sorted(by: { $0.key < $1.key }) {
            text.line("public_reads_total", [("path", path)], Double(count))
        }
        text.begin("refusals_total", .counter, "Calls that were not answered, by the code that the caller was given.")
        for code in APIError.Code.allCases {
            text.line("refusals_total", [("code", "\(code)")], Double(values.refusals[code] ?? 0))
        }
    }
}
