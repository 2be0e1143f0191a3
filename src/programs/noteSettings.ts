// SPDX-License-Identifier: MIT OR Apache-2.0
/** Writes into the audit which settings are others than at the last start: keys, and sums of money. */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { SettingsData } from "../domain/Settings.ts"
import { Audit } from "../services/Audit.ts"
import { SeenSettings } from "../services/SeenSettings.ts"
import { Settings } from "../services/Settings.ts"
import { Transactions } from "../services/Store.ts"

const encode = Schema.encodeEffect(SettingsData)
const print = Schema.encodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

/** Dotted keys and what they hold; lists are one value. */
const flatten = (value: unknown, path: string): ReadonlyArray<readonly [string, unknown]> =>
  Predicate.isObject(value) && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) =>
        flatten(inner, path === "" ? key : `${path}.${key}`)
      )
    : [[path, value]]

export const noteSettings = Effect.gen(function* () {
  const audit = yield* Audit
  const digest = yield* Digest.Digest
  const seen = yield* SeenSettings
  const transactions = yield* Transactions
  const values = flatten(yield* Effect.orDie(encode(yield* Settings)), "")
  const digestOf = (value: unknown) =>
    Effect.flatMap(print(value ?? null), (text) =>
      digest.digestHex(Digest.sha256, new TextEncoder().encode(text))
    ).pipe(Effect.orDie)
  const now = new Map<string, string>()
  for (const [key, value] of values) now.set(key, yield* digestOf(value))
  const record = (key: string) => {
    const value = values.find(([known]) => known === key)?.[1]
    const isMoney = key.startsWith("budget.")
    return audit.record({
      action: isMoney ? "budget.changed" : "config.changed",
      actor: "daemon",
      subject: key,
      outcome: "ok",
      detail: isMoney && Predicate.isNumber(value) ? { dollars: String(value) } : {}
    })
  }
  yield* transactions.atomically(
    Effect.gen(function* () {
      const before = yield* seen.read
      const keys = [...new Set([...before.keys(), ...now.keys()])]
      const changed = keys.filter((key) => before.get(key) !== now.get(key))
      if (changed.length === 0) return
      if (before.size > 0) yield* Effect.forEach(changed, record, { discard: true })
      yield* seen.replace(now)
    })
  )
}).pipe(Effect.withSpan("noteSettings"))
