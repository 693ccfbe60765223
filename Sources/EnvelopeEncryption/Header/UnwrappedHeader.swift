/// What the start of an age file yields to one of its recipients.
struct UnwrappedHeader: ~Copyable {
    let fileKey: FileKey
    /// Where the payload begins.
    let size: Int

    static func read(
        startOf file: [UInt8], with identity: borrowing some Identity & ~Copyable
    ) throws(OpenError) -> UnwrappedHeader {
        do throws(HeaderError) {
            return try UnwrappedHeader(startOf: file, with: identity)
        } catch {
            throw .header(error)
        }
    }

    private init(startOf file: [UInt8], with identity: borrowing some Identity & ~Copyable) throws(HeaderError) {
        let header = try Header(startOf: file)
        let fileKey = try header.unwrap(with: identity)
        // A file that ends within the nonce has no payload to speak of.
        guard file.count - header.bytes.count >= Payload.nonceSize else { throw .malformed }
        self.fileKey = fileKey
        size = header.bytes.count
    }
}
