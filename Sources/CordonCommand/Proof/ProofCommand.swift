import ArgumentParser

struct ProofCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof", abstract: "Facts of a record, shown or proven without the record.",
        discussion: """
            Who wants to know something asks for it; the patient sees what exactly would be shown, and makes a presentation; who asked checks
            it without asking anybody. Clinics claim facts of what they deposit, for patients who gave them a card.

            Example:
              cordon --as school proof ask --show "immunization: vaccine, date given" --prove "patient: 18 or older on 2026-11-21" \\
                  --purpose "school admission" > request.txt
              cordon --as ana proof make request.txt > presentation.txt
              cordon --as school proof verify presentation.txt
            """,
        subcommands: [Ask.self, Make.self, Verify.self])
}
