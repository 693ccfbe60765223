// Values in JSON, every escape written out, so that they are read without a schema.
extension JSONWriter {
    mutating func value(_ value: Value) throws(EntitiesError) {
        switch value {
        case .bool(let value): bool(value)
        case .long(let value): long(value)
        case .string(let text): string(text)
        case .entity(let uid): escaped(ValueReader.entityEscape) { $0.uid(uid) }
        case .set(let set):
            try array { writer throws(EntitiesError) in
                for element in set.elements { try writer.value(element) }
            }
        case .record(let record): try self.record(record)
        case .decimal(let value): call("decimal", CedarString(value.description))
        case .ipaddr(let value): call("ip", CedarString(value.description))
        case .duration(let value): call("duration", CedarString("\(value.milliseconds)ms"))
        case .datetime(let value): instant(value)
        }
    }

    mutating func record(_ record: Record) throws(EntitiesError) {
        try object { writer throws(EntitiesError) in
            for field in record.fields {
                guard !ValueReader.escapes.contains(field.name) else { throw .notExpressible(field.name) }
                writer.name(field.name)
                try writer.value(field.value)
            }
        }
    }

    mutating func uid(_ uid: EntityUID) {
        object { writer in
            writer.name("type")
            writer.string(uid.type.name)
            writer.name("id")
            writer.string(uid.id)
        }
    }

    /// As the distance from an instant: there are datetimes whose year has no four digits.
    private mutating func instant(_ value: DatetimeValue) {
        escaped(ValueReader.extensionEscape) { writer in
            writer.object { writer in
                writer.name("fn")
                writer.string("offset")
                writer.name("args")
                writer.array { writer in
                    writer.call("datetime", "1970-01-01")
                    writer.call("duration", CedarString("\(value.milliseconds)ms"))
                }
            }
        }
    }

    private mutating func call(_ function: CedarString, _ argument: CedarString) {
        escaped(ValueReader.extensionEscape) { writer in
            writer.object { writer in
                writer.name("fn")
                writer.string(function)
                writer.name("arg")
                writer.string(argument)
            }
        }
    }

    private mutating func escaped(_ escape: CedarString, _ write: (inout JSONWriter) -> Void) {
        object { writer in
            writer.name(escape)
            write(&writer)
        }
    }
}
