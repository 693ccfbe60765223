import CryptoPrimitives
import Foundation
import GatewayClient
import SharingContract
import TestSupport
import Testing

/// The computer's clock goes wrong while a gateway serves: entries get the right time all the same, and the operator is told.
@Suite struct ClockJumpTests {
    private static let hour: Int64 = 3_600

    /// What becomes of the clock that people and networks set, and of the time that passes, in seconds.
    enum Fault: String, CaseIterable {
        case back, forward, stopped

        /// By how much the clock that the gateway sees is wrong from now on.
        var jump: Int64 {
            switch self {
            case .back: -720 * ClockJumpTests.hour
            case .forward: 720 * ClockJumpTests.hour
            case .stopped: 0
            }
        }

        /// What passes for everybody, and on the gateway's clock does not.
        var elapsed: Int64 { self == .stopped ? 2 * ClockJumpTests.hour : 0 }
    }

    @Test(.enabled(if: FailingDisk.canBeMade, "no C compiler"), arguments: Fault.allCases)
    func `a clock that goes wrong is not followed, and the operator is told in words`(fault: Fault) async throws {
        let workshop = try Workshop()
        try await workshop.done("mkdir gateway others && cc -shared -fPIC -O1 -o clock.so -x c - -ldl", input: Self.source)
        try await workshop.found()
        @Sendable func tell(_ seconds: Int64, _ file: String) throws {
            try Data("\(seconds)".utf8).write(to: workshop.folder.url.appending(path: file))
        }
        @Sendable func clocks(_ folder: String) -> String {
            "export LD_PRELOAD=\(workshop.folder.path("clock.so")) CLOCKS=\(workshop.folder.path(folder))"
        }
        let start = Int64(Date().timeIntervalSince1970)
        try await workshop.serving(log: "said", under: clocks("gateway")) { _ in
            try await workshop.done(Self.admission("early"))
            #expect(try Self.warnings(workshop) == 0)
            try tell(fault.jump, "gateway/wall")
            try tell(fault.elapsed, "gateway/elapsed")
            try tell(fault.elapsed, "others/wall")
            // Those whose clocks are right are let in as before, and what they write is written at their time.
            try await workshop.done("\(clocks("others")); \(Self.admission("late"))")
            let member = try await workshop.member()
            let times = try (0..<member.ledger.size).map { try member.ledger.leaf($0).time }
            try await member.close()
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }, "\(times)")
            let last = try #require(times.last).secondsSince1970 - fault.elapsed
            #expect(abs(last - start) < Self.hour, "\(last) is far from \(start)")
        }
        #expect(try Self.warnings(workshop) == 1)
    }

    /// How often the operator was told.
    private static func warnings(_ workshop: Workshop) throws -> Int {
        let said = try String(contentsOfFile: workshop.folder.path("said"), encoding: .utf8)
        return said.components(separatedBy: "it is off by more than an hour and is not followed; set it right and restart").count
            - 1
    }

    private static func admission(_ name: String) -> String {
        "cordon --as \(name) clinic new --name \(name) --gateway $A --out \(name) && cordon --as north member admit \(name)"
    }

    /// Adds to the clock that is set and to the one that nobody sets what files in a folder say.
    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <time.h>

        static long told(const char *name) {
            char path[4096];
            long seconds = 0;
            const char *folder = getenv("CLOCKS");
            if (!folder) return 0;
            snprintf(path, sizeof path, "%s/%s", folder, name);
            int before = errno;
            FILE *file = fopen(path, "r");
            if (file) {
                if (fscanf(file, "%ld", &seconds) != 1) seconds = 0;
                fclose(file);
            }
            errno = before;
            return seconds;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            static int (*next)(clockid_t, struct timespec *);
            if (!next) next = dlsym(RTLD_NEXT, "clock_gettime");
            int result = next(clock, time);
            if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += told("wall");
            if (result == 0 && clock == CLOCK_BOOTTIME) time->tv_sec += told("elapsed");
            return result;
        }

        """
}
