package import MedicalRecords

/// Security labels that speak of a topic: InformationSensitivityPolicy of HL7's v3-ActCode, as FHIR R4 has it.
package enum SensitivityCodes {
    package static let system = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

    package static let tree = CodeTree([
        "_InformationSensitivityPolicy": """
        _ActInformationSensitivityPolicy _EntitySensitivityPolicyType _RoleInformationSensitivityPolicy \
        ADOL CEL DIA DRGIS EMP PDS PHY PRS
        """,
        "_ActInformationSensitivityPolicy": "ETH GDIS HIV MST SCA SDV SEX SICKLE SPI STD TBOO VIO",
        "SPI": "BH MH PSY PSYTHPN SUD",
        "BH": "COGN DVD EMOTDIS",
        "SUD": "ETHUD OPIOIDUD",
        "_EntitySensitivityPolicyType": "DEMO DOB GENDER LIVARG MARST RACE REL",
        "_RoleInformationSensitivityPolicy": "B EMPL LOCIS SSP",
    ])

    /// Labels that say how to handle a record and nothing of what is in it: ObligationPolicy and RefrainPolicy of v3-ActCode, and what
    /// was done to a label.
    private static let handling: Set<String> = Set(
        """
        ANONY AOD AUDIT AUDTR CPLYCC CPLYCD CPLYJPP CPLYOPP CPLYOSP CPLYPOL DECLASSIFYLABEL DEID DELAU DOWNGRDLABEL DRIVLABEL \
        ENCRYPT ENCRYPTR ENCRYPTT ENCRYPTU HUAPRV LABEL MASK MINEC PERSISTLABEL PRIVMARK PROCESSINLINELABEL PSEUD REDACT UPGRDLABEL \
        NOAUTH NOCOLLECT NODSCLCD NODSCLCDS NOINTEGRATE NOLIST NOMOU NOORGPOL NOPAT NOPERSISTP NORDSCLCD NORDSCLCDS NORDSCLW \
        NORELINK NOREUSE NOVIP ORCON
        """.split(separator: " ").map(String.init))

    private static let systemsOfHandling: Set<String> = [
        PurposeOfUse.system, "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    ]

    /// Whether a label speaks of a topic. A label that nobody here knows may, and so does.
    package static func isSensitive(_ label: Coding) -> Bool {
        if label.system == system { return !handling.contains(label.code) }
        return Confidentiality(label: label) == nil && !systemsOfHandling.contains(label.system)
    }

    /// Care to which a minor consented alone, of which no guardian learns: 45 CFR 164.502(g)(3)(i). HL7 has no code for it.
    package static let minorsOwn = Coding(system: "urn:x-cordon:label", code: "MINOROWN")

    /// As policies name a label: a code of v3-ActCode or of ours by itself, any other with its system.
    package static func name(_ label: Coding) -> String {
        label.system == system || label.system == minorsOwn.system ? label.code : label.description
    }
}
