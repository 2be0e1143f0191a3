// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { ChannelName, PersonId } from "../../src/domain/Ids.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import * as SqliteAudit from "../../src/layers/sqlite/SqliteAudit.ts"
import * as SqlitePairing from "../../src/layers/sqlite/SqlitePairing.ts"
import { Pairing } from "../../src/services/Pairing.ts"

const layer = SqlitePairing.layer.pipe(
  Layer.provide(SqliteAudit.layer),
  Layer.provide(Migrations.layer),
  Layer.provide(SqliteClient.layer({ filename: ":memory:" })),
  Layer.provide(SecureRandom.layerWebCrypto)
)

const contact = (address: string) => ({
  channel: ChannelName.make("telegram"),
  address,
  displayName: `Person ${address}`
})

const codeOf = Effect.fnUntraced(function* (address: string) {
  const pairing = yield* Pairing
  const admission = yield* pairing.admit(contact(address))
  assert.strictEqual(admission._tag, "Code")
  return admission._tag === "Code" ? admission.code : ""
})

describe("Pairing", () => {
  it.effect("a code has eight characters without look-alikes", () =>
    Effect.gen(function* () {
      const pairing = yield* Pairing
      const seen = new Set<string>()
      for (let index = 0; index < 200; index++) {
        const code = yield* codeOf(String(index))
        assert.match(code, /^[2-9A-HJKMNP-Z]{8}$/)
        seen.add(code)
        yield* pairing.revoke(code)
      }
      assert.strictEqual(seen.size, 200)
    }).pipe(Effect.provide(layer))
  )

  it.effect("a code lives for one hour and stays the same meanwhile", () =>
    Effect.gen(function* () {
      const pairing = yield* Pairing
      const code = yield* codeOf("7")
      yield* TestClock.adjust("59 minutes")
      assert.strictEqual(yield* codeOf("7"), code)
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(yield* pairing.list, [])
      assert.isTrue(Option.isNone(yield* pairing.approve(code)))
      assert.notStrictEqual(yield* codeOf("7"), code)
    }).pipe(Effect.provide(layer))
  )

  it.effect("at most three pend; a fourth is met with silence until one is gone", () =>
    Effect.gen(function* () {
      const pairing = yield* Pairing
      for (const address of ["1", "2"]) yield* codeOf(address)
      yield* TestClock.adjust("30 minutes")
      yield* codeOf("3")
      assert.deepEqual(yield* pairing.admit(contact("4")), { _tag: "Silent" })
      yield* TestClock.adjust("30 minutes")
      yield* codeOf("4")
    }).pipe(Effect.provide(layer))
  )

  it.effect("the first approved is the owner, the rest are members; a code serves once", () =>
    Effect.gen(function* () {
      const pairing = yield* Pairing
      const [one, two] = [yield* codeOf("1"), yield* codeOf("2")]
      const first = Option.getOrThrow(yield* pairing.approve(` ${two.toLowerCase()} `))
      assert.deepInclude(first, { role: "owner", address: "2", state: "approved" })
      assert.isTrue(Option.isNone(yield* pairing.approve(two)))
      const second = Option.getOrThrow(yield* pairing.approve(one))
      assert.deepInclude(second, { role: "member", address: "1" })
      assert.deepEqual(yield* pairing.admit(contact("2")), {
        _tag: "Known",
        person: PersonId.make("owner")
      })
      assert.deepEqual(yield* pairing.admit(contact("1")), {
        _tag: "Known",
        person: PersonId.make("telegram:1")
      })
      assert.isTrue(Option.isSome(yield* pairing.revoke("telegram:1")))
      yield* codeOf("1")
    }).pipe(Effect.provide(layer))
  )
})
