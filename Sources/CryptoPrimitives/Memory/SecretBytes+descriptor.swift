internal import Glibc

extension SecretBytes {
    package enum ReadError: Error {
        case unreadable
        case tooLong
    }

    /// One line, read from an open descriptor straight into the arena, without its newline: a passphrase, from a file or a terminal.
    ///
    /// This module opens nothing: whoever calls chooses the descriptor. It is here because no other may hold the bytes on their way.
    package static func line(from descriptor: CInt, atMost limit: Int) throws(ReadError) -> SecretBytes {
        var length = 0
        let buffer = try unsafe SecretBytes(writtenByC: limit + 2) { pointer throws(ReadError) in
            while length < limit + 2 {
                let count = unsafe read(descriptor, pointer + length, 1)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw .unreadable }
                if unsafe count == 0 || pointer[length] == UInt8(ascii: "\n") { return }
                length += 1
            }
            throw .tooLong
        }
        return try buffer.withBytes { line throws(ReadError) in
            let end = length > 0 && line[length - 1] == UInt8(ascii: "\r") ? length - 1 : length
            guard end <= limit else { throw .tooLong }
            return SecretBytes(copying: line.extracting(0..<end))
        }
    }
}
