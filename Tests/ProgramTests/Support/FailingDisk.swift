import Foundation
import TestSupport

/// A disk that a running gateway sees as slow, or as mounted read-only since, while a file of that name lies in the workshop.
///
/// A system refuses to mount a disk read-only while somebody writes to it, and does so by itself when the disk fails. So the calls of one
/// process are answered as the kernel answers them then.
struct FailingDisk {
    let workshop: Workshop

    static let canBeMade = FileManager.default.isExecutableFile(atPath: "/usr/bin/cc")

    enum Fault: String {
        case slow, readOnly
    }

    init(_ workshop: Workshop) async throws {
        self.workshop = workshop
        try await workshop.done("cc -shared -fPIC -O1 -o disk.so -x c - -ldl", input: Self.source)
    }

    /// For `Workshop.serving`.
    var conditions: String {
        "export LD_PRELOAD=\(workshop.folder.path("disk.so")) DISK_FAULTS=\(workshop.folder.path(""))"
    }

    func begin(_ fault: Fault) throws {
        try Data().write(to: workshop.folder.url.appending(path: fault.rawValue))
    }

    func end(_ fault: Fault) throws {
        try FileManager.default.removeItem(at: workshop.folder.url.appending(path: fault.rawValue))
    }

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/stat.h>
        #include <unistd.h>

        static int is(const char *fault) {
            char path[4096];
            const char *folder = getenv("DISK_FAULTS");
            if (!folder) return 0;
            snprintf(path, sizeof path, "%s/%s", folder, fault);
            int before = errno, found = access(path, F_OK) == 0;
            errno = before;
            return found;
        }

        static int refuses(int fd) {
            struct stat s;
            if (fd < 3 || fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || !is("readOnly")) return 0;
            errno = EROFS;
            return 1;
        }

        #define FORWARD(result, name, parameters, arguments) \\
            result name parameters { \\
                static result (*next) parameters; \\
                if (!next) next = dlsym(RTLD_NEXT, #name); \\
                if (refuses(fd)) return -1; \\
                return next arguments; \\
            }

        FORWARD(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
        FORWARD(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
        FORWARD(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at))
        FORWARD(int, ftruncate, (int fd, off_t size), (fd, size))
        FORWARD(int, ftruncate64, (int fd, off64_t size), (fd, size))

        #define SLOWLY(name) \\
            int name(int fd) { \\
                static int (*next)(int); \\
                if (!next) next = dlsym(RTLD_NEXT, #name); \\
                if (refuses(fd)) return -1; \\
                if (is("slow")) usleep(400000); \\
                return next(fd); \\
            }

        SLOWLY(fsync)
        SLOWLY(fdatasync)

        """
}
