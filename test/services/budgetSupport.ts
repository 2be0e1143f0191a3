// SPDX-License-Identifier: MIT OR Apache-2.0
/** The budget on the real ledger, and calls to reserve. */
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { AgentName, PersonId, SessionId, TurnId } from "../../src/domain/Ids.ts"
import type { Price } from "../../src/domain/prices.ts"
import type { Purpose } from "../../src/domain/Purpose.ts"
import * as Database from "../../src/layers/sqlite/Database.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import { Budget } from "../../src/services/Budget.ts"
import { Ledger } from "../../src/services/Ledger.ts"
import { Settings } from "../../src/services/Settings.ts"

export const price: Price = {
  input: 1,
  output: 10,
  cache_read: 0.1,
  cache_write: 1.25,
  cache_write_1h: 2
}
export const zero = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 }

export const callOf = (turn: string) => ({
  session: SessionId.make("session"),
  turn: TurnId.make(turn),
  step: 1,
  agent: AgentName.make("main"),
  person: PersonId.make("owner"),
  purpose: "chat" as Purpose,
  provider: "fake",
  model: "fake",
  intendedModel: "fake",
  reasons: [],
  price: "{}",
  prefixHash: ""
})

/** Looking takes its time, so that parallel calls get in between unless something keeps them out. */
const slowLedger = Layer.effect(
  Ledger,
  Effect.map(Ledger, (ledger) =>
    Ledger.of({
      ...ledger,
      chargedSince: (...args) => Effect.tap(ledger.chargedSince(...args), () => Effect.yieldNow)
    })
  )
)

export const budgetOf = (settings: Parameters<typeof Settings.layerFrom>[0]) =>
  Budget.layer.pipe(
    Layer.provideMerge(slowLedger),
    Layer.provideMerge(Database.repositories),
    Layer.provideMerge(Migrations.layer),
    Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" })),
    Layer.provideMerge(SecureRandom.layerWebCrypto),
    Layer.provideMerge(Settings.layerFrom(settings))
  )

export const Between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))
