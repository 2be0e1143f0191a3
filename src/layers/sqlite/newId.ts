// SPDX-License-Identifier: MIT OR Apache-2.0
import type { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"

/** 64 random bits in hexadecimal: short enough to type, and the primary key refuses a repetition. */
export const newId = (random: SecureRandom["Service"]): Effect.Effect<string> =>
  Effect.map(random.randomBytes(8), Hex.encode)
