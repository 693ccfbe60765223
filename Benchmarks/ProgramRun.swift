import CDispatch
import Glibc

/// A program that was run once to its end, and what it took.
struct ProgramRun {
    /// By the clock on the wall, from the start of the program to its end.
    let wall: Duration
    /// Time on processors, of all its threads.
    let processor: Duration
    let status: Int32

    enum RunError: Error {
        case notStarted(String)
        case failed(String, status: Int32)
    }

    /// Its input is empty and its output goes nowhere. Throws unless it ends with `expected`.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], expecting expected: Int32 = 0
    ) throws -> ProgramRun {
        let start = ContinuousClock.now
        let process = try spawn(program, arguments, environment)
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
        let wall = ContinuousClock.now - start
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : -1
        guard code == expected else { throw RunError.failed(([program] + arguments).joined(separator: " "), status: code) }
        return ProgramRun(wall: wall, processor: duration(usage.ru_utime) + duration(usage.ru_stime), status: code)
    }

    private static func spawn(_ program: String, _ arguments: [String], _ environment: [String: String]) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, flags) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_WRONLY), (STDERR_FILENO, O_WRONLY)] {
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", flags, 0)
        }
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        var settings = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        var process: pid_t = 0
        let result = unsafe posix_spawn(&process, program, &actions, nil, &words, &settings)
        guard result == 0 else { throw RunError.notStarted(program) }
        return process
    }

    private static func duration(_ time: timeval) -> Duration {
        .seconds(time.tv_sec) + .microseconds(time.tv_usec)
    }
}
