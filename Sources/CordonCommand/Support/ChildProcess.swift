import DurableFiles
import FoundationEssentials
import Glibc
import Synchronization
import SystemPackage

/// A program that runs beside this one.
///
/// It has three streams and nothing else that is open here. No signal is blocked or ignored for it, as some are for threads of this
/// program, and those of the terminal do not reach it: it is in a process group of its own, and whoever started it ends it.
final class ChildProcess: Sendable {
    private let id: pid_t
    /// Once it has ended and its number may be another's.
    private let status = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - path: from the root; nothing is searched for.
    ///   - output: where its standard output goes; `nil` is nowhere. So is `errors`.
    init(
        _ path: String, _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
        input: FileDescriptor, output: FileDescriptor?, errors: FileDescriptor?
    ) throws(Errno) {
        var streams = unsafe posix_spawn_file_actions_t()
        try unsafe Self.require(posix_spawn_file_actions_init(&streams))
        defer { unsafe posix_spawn_file_actions_destroy(&streams) }
        for (stream, number) in zip([input, output, errors], [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]) {
            if let stream {
                try unsafe Self.require(posix_spawn_file_actions_adddup2(&streams, stream.rawValue, number))
            } else {
                try unsafe Self.require(posix_spawn_file_actions_addopen(&streams, number, "/dev/null", O_RDWR, 0))
            }
        }
        for open in Self.descriptors where open > STDERR_FILENO {
            try unsafe Self.require(posix_spawn_file_actions_addclose(&streams, open))
        }

        var attributes = posix_spawnattr_t()
        try unsafe Self.require(posix_spawnattr_init(&attributes))
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        try unsafe Self.require(posix_spawnattr_setsigmask(&attributes, &signals))
        unsafe sigfillset(&signals)
        try unsafe Self.require(posix_spawnattr_setsigdefault(&attributes, &signals))
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        try unsafe Self.require(posix_spawnattr_setflags(&attributes, Int16(flags)))

        var child: pid_t = 0
        var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        var settings = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        try unsafe Self.require(posix_spawn(&child, path, &streams, &attributes, &words, &settings))
        id = child
    }

    /// What is open, whoever opened it. One that is closed meanwhile does no harm.
    private static var descriptors: [CInt] {
        ((try? DurableFile.names(in: "/proc/self/fd")) ?? []).compactMap { CInt($0) }
    }

    private static func require(_ code: CInt) throws(Errno) {
        guard code == 0 else { throw Errno(rawValue: code) }
    }

    /// Does nothing to a program that has ended.
    func send(signal: CInt) {
        status.withLock { status in
            if status == nil { kill(id, signal) }
        }
    }

    /// Waits for its end. To do it twice, and from several threads, does no harm.
    ///
    /// - Returns: its exit code, or the number of the signal that ended it.
    @discardableResult func wait() -> Int32 {
        // It keeps its number meanwhile, so that it can be sent a signal.
        var end = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(id), &end, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return status.withLock { status in
            if let status { return status }
            var word: CInt = 0
            while unsafe waitpid(id, &word, 0) < 0, errno == EINTR {}
            let signal = word & 0x7F
            let ended = signal == 0 ? (word >> 8) & 0xFF : signal
            status = ended
            return ended
        }
    }
}

extension FileDescriptor {
    /// What one call of the system gives: from a pipe what is there, waiting for the first of it. Nothing at the end.
    func readPiece() throws -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = try unsafe read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
