// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { generateKeyPairSync, sign } from "node:crypto"
import * as NodeEd25519 from "../../src/layers/NodeEd25519.ts"
import * as NodeKeyedHash from "../../src/layers/NodeKeyedHash.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteAudit from "../../src/layers/sqlite/SqliteAudit.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import * as SqliteIdentityStore from "../../src/layers/sqlite/SqliteIdentityStore.ts"
import * as SqliteTransactions from "../../src/layers/sqlite/SqliteTransactions.ts"
import { Auth } from "../../src/services/Auth.ts"
import { Identities } from "../../src/services/Identities.ts"

const database = Layer.provideMerge(Migrations.layer, SqliteClient.layer({ filename: ":memory:" }))
const layer = Auth.layer.pipe(
  Layer.provideMerge(Identities.layer),
  Layer.provide(Layer.mergeAll(SqliteIdentityStore.layer, SqliteTransactions.layer)),
  Layer.provide(SqliteAudit.layer),
  Layer.provide(database),
  Layer.provide(
    Layer.mergeAll(
      NodeEd25519.layer,
      NodeKeyedHash.layer,
      Digest.layerWebCrypto,
      SecureRandom.layerWebCrypto
    )
  )
)

const makeDevice = Effect.gen(function* () {
  const identities = yield* Identities
  const { privateKey, publicKey } = generateKeyPairSync("ed25519")
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32)
  const { id } = yield* identities.addDevice("phone", raw, ["chat"])
  const auth = yield* Auth
  const answer = (challenge: string) =>
    auth.token(
      {
        device: id,
        challenge,
        signature: sign(null, Buffer.from(challenge), privateKey).toString("base64")
      },
      "127.0.0.1"
    )
  return { id, answer }
})

const isIn = (token: string) =>
  Effect.flatMap(Auth, (auth) => auth.authenticate(Option.some(token), "127.0.0.1")).pipe(
    Effect.as(true),
    Effect.catchTag("NotProven", () => Effect.succeed(false))
  )

describe("Auth", () => {
  it.effect("a challenge lives for a minute, and a token for fifteen", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const { answer, id } = yield* makeDevice
      const early = yield* auth.challenge(id)
      yield* TestClock.adjust("59 seconds")
      const { expiresInSeconds, token } = yield* answer(early)
      assert.strictEqual(expiresInSeconds, 900)
      const late = yield* auth.challenge(id)
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual((yield* Effect.flip(answer(late)))._tag, "NotProven")
      assert.isTrue(yield* isIn(token))
      yield* TestClock.adjust("839 seconds")
      assert.isTrue(yield* isIn(token))
      yield* TestClock.adjust("1 second")
      assert.isFalse(yield* isIn(token))
    }).pipe(Effect.provide(layer))
  )

  it.effect("a clock that is set back lengthens neither", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      yield* TestClock.setTime(10_000_000)
      const { answer, id } = yield* makeDevice
      const challenge = yield* auth.challenge(id)
      const { token } = yield* answer(yield* auth.challenge(id))
      yield* TestClock.setTime(5_000_000)
      assert.strictEqual((yield* Effect.flip(answer(challenge)))._tag, "NotProven")
      assert.isFalse(yield* isIn(token))
    }).pipe(Effect.provide(layer))
  )

  it.effect("a code lives for ten minutes", () =>
    Effect.gen(function* () {
      const identities = yield* Identities
      const key = (fill: number) => new Uint8Array(32).fill(fill)
      const { code } = yield* identities.issueCode("phone", ["chat"])
      const { code: other } = yield* identities.issueCode("tablet", ["read"])
      yield* TestClock.adjust("9 minutes")
      assert.isTrue(Option.isSome(yield* identities.enroll(code, key(1))))
      yield* TestClock.adjust("1 minute")
      assert.isTrue(Option.isNone(yield* identities.enroll(other, key(2))))
    }).pipe(Effect.provide(layer))
  )

  it.effect("failures are forgotten after a minute, address by address", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const fail = (address: string) =>
        Effect.map(Effect.flip(auth.authenticate(Option.some("x"), address)), ({ _tag }) => _tag)
      const tags = yield* Effect.replicateEffect(fail("10.0.0.1"), 12)
      assert.deepEqual(tags.slice(0, 10), Array(10).fill("NotProven"))
      assert.deepEqual(tags.slice(10), ["TooManyFailures", "TooManyFailures"])
      assert.strictEqual(yield* fail("10.0.0.2"), "NotProven")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* fail("10.0.0.1"), "NotProven")
    }).pipe(Effect.provide(layer))
  )
})
