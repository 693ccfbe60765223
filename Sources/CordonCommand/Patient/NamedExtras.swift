import AccessPolicy
import ArgumentParser

/// What a consent covers only if it is named.
struct NamedExtras: ParsableArguments {
    @Flag(help: "Also files that nobody has looked into, and that may hold anything.") var unlabelled = false
    @Flag(help: "Also a counsellor's own notes.") var counsellingNotes = false

    var extras: PlainConsent.Extras {
        var extras: PlainConsent.Extras = []
        if unlabelled { extras.insert(.unlabelled) }
        if counsellingNotes { extras.insert(.counsellingNotes) }
        return extras
    }
}
