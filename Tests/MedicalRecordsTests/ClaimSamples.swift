import MedicalRecords
import Testing

/// The claims of one resource in JSON.
func claims(_ resource: String) throws -> ResourceClaims {
    try #require(try ResourceClaims(resource: bytes(resource)))
}

/// An Observation of LOINC's `code` with these members beside it.
func observation(_ members: String, code: String = "4548-4") -> String {
    #"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"\#(code)"}]},\#(members)}"#
}

func quantity(_ value: String, _ unit: String, more: String = "") -> String {
    #""valueQuantity":{"value":\#(value),"system":"http://unitsofmeasure.org","code":"\#(unit)"\#(more)}"#
}

func field(_ schema: String, _ name: String) throws -> ClaimField {
    try #require(ClaimsSchema.named(schema)?.field(named: name)).field
}

func day(_ text: String) throws -> ClinicalDay {
    try #require(DaySpan(text)).earliest
}
