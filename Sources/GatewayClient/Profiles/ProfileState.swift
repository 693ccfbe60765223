import FoundationEssentials

/// A profile's state as it is sealed, in its folder and in a backup: JSON, read by nobody but the program that wrote it.
enum ProfileState {
    static func encoded(_ state: some Encodable) -> [UInt8] {
        guard let data = try? JSONEncoder().encode(state) else { preconditionFailure("states are made of what JSON has") }
        return Array(data)
    }

    static func decoded<State: Decodable>(_: State.Type, from bytes: [UInt8]) -> State? {
        try? JSONDecoder().decode(State.self, from: Data(bytes))
    }
}
