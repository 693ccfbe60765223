extension SG3072 {
    /// Where masks come from. One reused or biased mask reveals what it hides, so a bad random number generator alone must not be enough for
    /// that: mask n is SHAKE256(secret || 32 bytes from the operating system || statement || u64 n), 48 bytes, modulo q, where
    /// secret and statement stand behind their lengths as u64. No rejection.
    package struct MaskSource: ~Copyable, Sendable {
        private let state: SHAKE
        private var counter: UInt64 = 0

        /// - Parameters:
        ///   - secret: what the prover alone knows, such as the holder's secret.
        ///   - statement: what is being proven, as the transcript absorbs it.
        package init(secret: borrowing SecretBytes, statement: [UInt8]) {
            self.init(secret: secret, randomness: SecretBytes.random(count: 32), statement: statement)
        }

        /// For published vectors alone: whoever knows `randomness` and the secret knows every mask.
        package init(secret: borrowing SecretBytes, randomness: borrowing SecretBytes, statement: [UInt8]) {
            var state = SHAKE(.bits256)
            state.absorb(Self.bytes(UInt64(secret.count)))
            state.absorb(secret)
            state.absorb(randomness)
            state.absorb(Self.bytes(UInt64(statement.count)))
            state.absorb(statement)
            self.state = state
        }

        package mutating func next() -> Mask {
            Mask(scalar: nextScalar())
        }

        package mutating func next(count: Int) -> Masks {
            var source = self
            let scalars = SecretScalars(count: count) { _ in source.nextScalar() }
            self = source
            return Masks(scalars: scalars)
        }

        /// A scalar that is not a mask of a proof but as secret: the blinding of a commitment, which is an opening afterwards.
        package mutating func nextScalar() -> SecretScalar {
            var hasher = state
            hasher.absorb(Self.bytes(counter))
            counter += 1
            return SecretScalar(reducing: hasher.secretOutput(48))
        }

        private static func bytes(_ number: UInt64) -> [UInt8] {
            [Limb(number)].bigEndianBytes
        }
    }

    /// The mask of one secret in one proof. To answer with it uses it up: a second answer would reveal the secret.
    package struct Mask: ~Copyable, Sendable {
        package let scalar: SecretScalar

        fileprivate init(scalar: consuming SecretScalar) {
            self.scalar = scalar
        }

        /// challenge * witness + mask. Uniform, whatever the witness is, since nobody else knows the mask and this is its only use: so it may
        /// go out.
        package consuming func response(to challenge: Scalar, witness: borrowing SecretScalar) -> Scalar {
            (witness * challenge + scalar).declassified()
        }
    }

    /// The masks of as many secrets.
    package struct Masks: ~Copyable, Sendable {
        package let scalars: SecretScalars

        fileprivate init(scalars: consuming SecretScalars) {
            self.scalars = scalars
        }

        package var count: Int { scalars.count }

        /// challenge * witness + mask for each, as with one mask.
        package consuming func responses(to challenge: Scalar, witnesses: borrowing SecretScalars) -> [Scalar] {
            precondition(witnesses.count == scalars.count, "a mask for each witness")
            let challenge = SecretScalar(challenge)
            var responses: [Scalar] = []
            for index in 0..<scalars.count {
                responses.append((witnesses.scalar(at: index) * challenge + scalars.scalar(at: index)).declassified())
            }
            return responses
        }
    }
}
