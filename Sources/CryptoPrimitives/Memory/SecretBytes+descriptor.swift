internal import Glibc

extension SecretBytes {
    package enum ReadError: Error {
        case unreadable
        case tooLong
    }

    package enum End {
        /// A newline, which is not part of what is read, or the end of the file.
        case line
        case file
    }

    /// What an open descriptor gives up to `end`, read straight into the arena: a passphrase, from a file or a terminal.
    ///
    /// This module opens nothing: whoever calls chooses the descriptor. It is here because no other may hold the bytes on their way.
    package static func read(upTo end: End, from descriptor: CInt, atMost limit: Int) throws(ReadError) -> SecretBytes {
        var length = 0
        let buffer = try unsafe SecretBytes(writtenByC: limit + 2) { pointer throws(ReadError) in
            while length < limit + 2 {
                let count = unsafe Glibc.read(descriptor, pointer + length, 1)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw .unreadable }
                if count == 0 { return }
                if unsafe end == .line && pointer[length] == UInt8(ascii: "\n") { return }
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
