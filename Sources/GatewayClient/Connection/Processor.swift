import FoundationEssentials

enum Processor {
    /// How many cores there are for large payloads.
    static let coreCount = ProcessInfo.processInfo.activeProcessorCount
}
