import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

extension Gateway {
    func answer(_ call: ExportEvidence, from caller: Caller) async throws -> EvidencePage {
        let (today, size) = (today, store.head.size)
        return try await reading(for: caller) { view in
            guard try view.requireLiveActor(caller.key, on: today).actor.role == .auditor else {
                throw APIError(.forbidden, "only an auditor may see the evidence")
            }
            let end = min(size, call.from.addingReportingOverflow(UInt64(EvidencePage.maximumCount)).partialValue)
            guard call.from < end else { return EvidencePage(items: [], next: nil) }
            let page = try view.page(Array(call.from..<end))
            return page.next == nil && end < size ? EvidencePage(items: page.items, next: end) : page
        }
    }
}
