import CryptoPrimitives
import Foundation

/// Whether this serves, for programs that watch it: `{"origin":"…","size":7,"status":"ok"}`.
struct Health: Encodable {
    let status: String
    let origin: String
    let size: UInt64

    init(status: String, origin: TextLine, size: UInt64) {
        (self.status, self.origin, self.size) = (status, origin.text, size)
    }

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }
}
