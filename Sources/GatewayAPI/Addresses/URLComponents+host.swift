import FoundationEssentials

extension URLComponents {
    /// Without the brackets of an IPv6 address.
    var hostWithoutBrackets: String? {
        guard var host = host?[...] else { return nil }
        while let first = host.first, "[]".contains(first) { host.removeFirst() }
        while let last = host.last, "[]".contains(last) { host.removeLast() }
        return String(host)
    }
}
