import Cedar
import Foundation
import TestSupport

/// Decisions over consents as a gateway has them, beside the engine of cedar-policy/cedar. Its caller is Python, with policies and
/// entities read beforehand, as ours are. Both must decide the same for the same reasons.
enum CedarContests {
    static func all(in folder: ScratchFolder) throws -> [Contest] {
        let world = try CedarWorld(in: folder)
        let peers = Dictionary(uniqueKeysWithValues: CedarWorld.works.map { ($0, world.peer($0)) })
        return [
            contest("decide, 10 policies", peers["few"], ours: { try world.decide(world.few, 2000) }),
            contest("decide, 10 policies, the engine alone", peers["engine"], ours: { try world.decideAlone(world.few, 2000) }),
            contest("decide, 10,000 policies, 10 apply", peers["many"], ours: { try world.decide(world.many, 2000) }),
            contest("decide over 100 records, 10 policies", peers["records"], ours: { try world.decideRecords() }),
            contest("add one grant to 10,000 policies", peers["link"], ours: { try world.addGrant() }),
            contest("read and strictly validate 10,000 policies", peers["validate"], ours: { try world.validate() }),
        ]
    }

    private static func contest(
        _ title: String, _ peer: PeerProgram??, ours: @escaping () throws -> CedarWorld.Outcome
    ) -> Contest {
        let peer = peer ?? nil
        var expected: String?
        return Contest(
            title: title, peer: peer?.greeting ?? "cedarpy",
            ours: {
                let outcome = try ours()
                guard expected == nil || expected == outcome.result else { throw CedarContestError.otherAnswer(outcome.result) }
                return outcome.time
            },
            theirs: peer.map { peer in
                {
                    let answer = try peer.round()
                    expected = answer.result
                    return answer.time
                }
            })
    }

    /// What 10,000 policies take of memory, in words.
    static func memory(in folder: ScratchFolder) throws -> String {
        let world = try CedarWorld(in: folder)
        let source = try [UInt8](Data(contentsOf: world.folder.appending(path: "many.cedar")))
        let before = try CedarWorld.residentBytes()
        let set = try PolicySet(parsing: source)
        let ours = (try CedarWorld.residentBytes() - before) / set.count
        let theirs = try world.peer("memory")?.round().result ?? "unknown"
        return "Memory of one of 10,000 Cedar policies: \(ours) bytes, the peer's \(theirs)."
    }
}

enum CedarContestError: Error {
    /// The two do not agree: then no time means anything.
    case otherAnswer(String)
}

/// A thousand compartments with ten consents each; the first one has a hundred records. Written to files for the peer.
struct CedarWorld {
    static let works = ["few", "engine", "many", "records", "link", "validate"]

    struct Outcome {
        let time: Duration
        let result: String
    }

    let folder: URL
    let few: PolicySet
    let many: PolicySet
    private let entities: Entities
    private let schema: Schema
    private let manyText: String

    init(in scratch: ScratchFolder) throws {
        folder = scratch.url.appending(path: "cedar")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let fewText = Self.consents(0..<1)
        manyText = Self.consents(0..<1000) + Self.template
        few = try PolicySet(parsing: fewText)
        many = try PolicySet(parsing: manyText)
        entities = try Self.entities()
        schema = try Schema(cedar: Self.schemaText)
        for (name, text) in [("few.cedar", fewText), ("many.cedar", manyText), ("schema.cedarschema", Self.schemaText)] {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        try Data(entities.json()).write(to: folder.appending(path: "entities.json"))
        let requests = (0..<100).map(Self.requestText).joined(separator: ",\n")
        try Data("[\(requests)]".utf8).write(to: folder.appending(path: "requests.json"))
    }

    func peer(_ work: String) -> PeerProgram? {
        guard PeerProgram.installed("python3") != nil else { return nil }
        let environment = Fixtures.repository.appending(path: ".build/cedarpy")
        return try? PeerProgram(PeerProgram.source("cedar_engine.sh"), [environment.path, work, folder.path])
    }

    static func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }
}

// The work
extension CedarWorld {
    /// With the request, which the peer makes of a dictionary.
    func decide(_ policies: PolicySet, _ count: Int) throws -> Outcome {
        var response: Response?
        let time = ThreadClock.measure(count) { response = policies.authorize(Self.request(0), entities: entities) }
        return Outcome(time: time, result: Self.said(response))
    }

    func decideAlone(_ policies: PolicySet, _ count: Int) throws -> Outcome {
        let request = Self.request(0)
        var response: Response?
        let time = ThreadClock.measure(count) { response = policies.authorize(request, entities: entities) }
        return Outcome(time: time, result: Self.said(response))
    }

    func decideRecords() throws -> Outcome {
        var responses: [Response] = []
        let time = ThreadClock.measure(20) {
            responses = (0..<100).map { few.authorize(Self.request($0), entities: entities) }
        }
        return Outcome(time: time, result: responses.map(Self.said).joined(separator: " "))
    }

    /// And takes it away again, which is in the time: the peer makes a new set of it and leaves the old one.
    func addGrant() throws -> Outcome {
        var set = many
        let link = Link(
            id: "grant", templateID: CedarString("policy10000"), values: [.principal: Self.clinic, .resource: Self.record(0)])
        // A set of its own first: the copy is not what is measured.
        try set.add(link)
        let count = set.count
        try set.remove("grant")
        let time = try ThreadClock.measure(1000) {
            try set.add(link)
            try set.remove("grant")
        }
        return Outcome(time: time, result: String(count))
    }

    func validate() throws -> Outcome {
        var isValid = false
        let time = try ThreadClock.measure {
            isValid = Validator(schema).validate(try PolicySet(parsing: manyText)).isValid
        }
        return Outcome(time: time, result: String(isValid))
    }

    private static func said(_ response: Response?) -> String {
        guard let response else { return "" }
        return "\(response.decision):\(response.diagnostics.reasons.map(\.text).joined(separator: ","))"
    }
}

// The data
extension CedarWorld {
    private static let schemaText = """
        entity Clinic, Patient;
        entity Compartment in [Patient];
        entity Record in [Compartment] = { "labels": Set<String>, "author": Clinic };
        action "read", "search" appliesTo {
            principal: [Clinic], resource: [Record], context: { "purpose": String, "now": datetime }
        };

        """

    private static let template = """
        @id("grant-template")
        permit(principal == ?principal, action == Action::"read", resource in ?resource) when { context.purpose == "TREAT" };

        """

    /// Ten of each compartment: eight grants, a restriction, and the author's own right.
    private static func consents(_ compartments: Range<Int>) -> String {
        compartments.map { compartment in
            let scope = "resource in Compartment::\"compartment-\(compartment)\""
            let grants = (0..<8).map { grant in
                """
                permit(principal == Clinic::"north-\(grant % 2)", action in [Action::"read", Action::"search"], \(scope))
                when {
                  context.purpose == "\(grant < 4 ? "TREAT" : "HPAYMT")" && context.now < datetime("2027-01-0\(grant + 1)")
                    && !resource.labels.contains("R")
                };

                """
            }
            return grants.joined() + """
                forbid(principal, action, \(scope))
                when { resource.labels.containsAny(["PSY", "ETH"]) && context.purpose != "TREAT" };
                permit(principal is Clinic, action == Action::"read", \(scope)) when { resource.author == principal };

                """
        }.joined()
    }

    private static let clinic = EntityUID(type: "Clinic", id: "north-0")

    private static func record(_ number: Int) -> EntityUID {
        EntityUID(type: "Record", id: CedarString("record-\(number)"))
    }

    private static func compartment(_ number: Int) -> EntityUID {
        EntityUID(type: "Compartment", id: CedarString("compartment-\(number)"))
    }

    private static func entities() throws -> Entities {
        let attributes: Record = [
            "labels": .set(ValueSet([.string("N")])), "author": .entity(EntityUID(type: "Clinic", id: "south")),
        ]
        let compartments = (0..<1000).map { number in
            Entity(uid: compartment(number), parents: [EntityUID(type: "Patient", id: CedarString("patient-\(number)"))])
        }
        return try Entities(
            compartments + (0..<100).map { Entity(uid: record($0), attributes: attributes, parents: [compartment(0)]) })
    }

    private static func request(_ number: Int) -> Request {
        Request(
            principal: clinic, action: EntityUID(type: "Action", id: "read"), resource: record(number),
            context: ["purpose": .string("TREAT"), "now": .datetime(DatetimeValue(milliseconds: 1_793_491_200_000))])
    }

    private static func requestText(_ number: Int) -> String {
        """
        {"principal": {"type": "Clinic", "id": "north-0"}, "action": {"type": "Action", "id": "read"},
         "resource": {"type": "Record", "id": "record-\(number)"},
         "context": {"purpose": "TREAT", "now": {"__extn": {"fn": "datetime", "arg": "2026-11-01"}}}}
        """
    }
}
