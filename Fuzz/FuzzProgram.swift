import Foundation

/// Where libFuzzer calls in. One program for all parsers: what it tests is the name it was started under, `fuzz-note` or
/// `fuzz-records`, which `.ci/fuzz` gives it by links.
///
/// What fails stops the process; libFuzzer then writes the input down.
enum FuzzProgram {
    static let prefix = "fuzz-"

    static let targets: [FuzzTarget] =
        TextTargets.all + EnvelopeTargets.all + LedgerTargets.all + ContractTargets.all + RecordTargets.all + MessageTargets.all
        + ProfileTargets.all + GatewayTargets.all + PolicyTargets.all + ProofTargets.all + GroupTargets.all

    /// The one that the program's name asks for.
    static let target: FuzzTarget = {
        let name = URL(filePath: CommandLine.arguments.first ?? "").lastPathComponent
        guard let target = targets.first(where: { prefix + $0.name == name }) else {
            let names = targets.map { prefix + $0.name }.joined(separator: " ")
            // For a script that wants to know them all.
            print(names)
            exit(name == "fuzz" ? 0 : 2)
        }
        return target
    }()
}

/// Runs before libFuzzer reads the corpus, so that a wrong name is told apart from a failure.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer) -> CInt {
    _ = FuzzProgram.target
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzProgram.target.check(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
