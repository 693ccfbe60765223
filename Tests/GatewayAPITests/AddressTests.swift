import CryptoPrimitives
import GatewayAPI
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8460", "127.0.0.1", 8460), ("https://cordon.north.example", "cordon.north.example", 443),
        ("http://north.example", "north.example", 80), ("https://[::1]:8443", "::1", 8443),
    ])
    func `a gateway's address is taken as it is written`(text: String, host: String, port: Int) throws {
        let address = try #require(GatewayAddress(text))
        #expect(address.text.text == text)
        #expect(address.host == host && address.port == port)
    }

    @Test(arguments: [
        "", "north.example", "ftp://north.example", "http://", "http://north.example/", "http://north.example/path",
        "http://north.example?query", "http://north.example#part", "http://me@north.example", "http://north.example:0",
        "http://north.example:65536", "http://north.example:-1", "http://[]", "http://[]:443", "http://north .example",
        "http://north.example\n",
    ])
    func `an address with more or less than scheme, host and port is refused`(text: String) {
        #expect(GatewayAddress(text) == nil)
    }

    @Test(arguments: [
        "", ":9460", "[]:9460", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:9460/metrics", "http://127.0.0.1:9460",
    ])
    func `what is more or less than a host and a port is no address for figures`(text: String) {
        #expect(MetricsAddress(text) == nil)
    }

    @Test(arguments: [("127.0.0.1:9460", "127.0.0.1", 9460), ("[::1]:9460", "::1", 9460), ("localhost:1", "localhost", 1)])
    func `an address for figures is taken as it is written`(text: String, host: String, port: Int) throws {
        let address = try #require(MetricsAddress(text))
        #expect(address.host == host && address.port == port)
    }

    @Test func `a gateway's description comes back, and half of one is none`() throws {
        let description = GatewayDescription(origin: "north.example/ledger", address: "http://127.0.0.1:8460")
        let read = try #require(GatewayDescription(json: description.json))
        #expect(read.origin == description.origin && read.address == description.address)
        #expect(GatewayDescription(json: Array(#"{"origin":"north.example/ledger"}"#.utf8)) == nil)
        #expect(GatewayDescription(json: description.json + [UInt8](repeating: 0x20, count: 4_096)) == nil)
        #expect(GatewayDescription(json: []) == nil)
    }
}
