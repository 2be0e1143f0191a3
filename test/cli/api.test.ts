// SPDX-License-Identifier: MIT OR Apache-2.0
/** Sessions and pairing through the API, on a real database. */
import { assert, layer } from "@effect/vitest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpApiTest from "effect/http-api/HttpApiTest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import { Api } from "../../src/api/Api.ts"
import { ChannelName, PersonId } from "../../src/domain/Ids.ts"
import { personText, TextPart } from "../../src/domain/Message.ts"
import * as ErrorBodies from "../../src/layers/http/ErrorBodies.ts"
import * as PairingHandlers from "../../src/layers/http/PairingHandlers.ts"
import * as SessionHandlers from "../../src/layers/http/SessionHandlers.ts"
import * as Database from "../../src/layers/sqlite/Database.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import { InboxStore } from "../../src/services/InboxStore.ts"
import { Journal } from "../../src/services/Journal.ts"
import { Ledger } from "../../src/services/Ledger.ts"
import { Pairing } from "../../src/services/Pairing.ts"
import { Reports } from "../../src/services/Reports.ts"
import { SessionStore } from "../../src/services/SessionStore.ts"

const database = Database.repositories.pipe(
  Layer.provideMerge(Migrations.layer),
  Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" })),
  Layer.provideMerge(SecureRandom.layerWebCrypto)
)

const served = Layer.mergeAll(SessionHandlers.layer, PairingHandlers.layer).pipe(
  Layer.provide(Reports.layer),
  Layer.provideMerge(database),
  Layer.provideMerge(Layer.mergeAll(ErrorBodies.layer, HttpServer.layerServices))
)

const owner = PersonId.make("owner")
const local = ChannelName.make("local")
const telegram = ChannelName.make("telegram")
const zero = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 }

/** A session with one turn: a question, a paid model call, a reply. */
const converse = Effect.fnUntraced(function* (chat: string) {
  const inbox = yield* InboxStore
  const journal = yield* Journal
  const ledger = yield* Ledger
  const sessions = yield* SessionStore
  const place = { channel: local, chat, topic: "" }
  const session = yield* sessions.current(place, owner)
  const { id } = session
  yield* inbox.insert({
    channel: local,
    updateId: chat,
    session: id,
    person: owner,
    lane: "turn",
    parts: [personText("How much?")]
  })
  const turn = Option.getOrThrow(yield* journal.open(id, []))
  yield* journal.enter(turn.id, "calling")
  const step = yield* journal.startStep({
    turn: turn.id,
    kind: "model",
    name: "claude",
    callId: "",
    idempotent: true
  })
  const reserved = yield* ledger.reserve(
    {
      session: id,
      turn: turn.id,
      step,
      agent: session.agent,
      person: owner,
      purpose: "chat",
      provider: "anthropic",
      model: "claude",
      intendedModel: "claude",
      reasons: [],
      micros: 9000,
      price: "{}",
      prefixHash: ""
    },
    0
  )
  yield* TestClock.adjust("2 seconds")
  const tokens = { ...zero, input: 10, output: 5, cacheWrite: 3, cacheWrite1h: 4 }
  yield* ledger.settle(reserved, 4200, tokens, "ok")
  yield* journal.endStep(step, "finished", "ok")
  yield* journal.append({
    turn: turn.id,
    step,
    role: "assistant",
    model: "claude",
    parts: [TextPart.make({ origin: "model", trusted: true, text: "Little." })]
  })
  yield* journal.close(turn.id, "done", "")
  return id
})

layer(served)("the sessions API", (it) => {
  it.effect("tells of a session, turn by turn, by id or the beginning of one", () =>
    Effect.gen(function* () {
      const client = yield* HttpApiTest.groups(Api, ["sessions"])
      const id = yield* converse("one")
      const listed = yield* client.sessions({})
      assert.deepEqual(
        listed.map((session) => session.id),
        [id]
      )
      const detail = yield* client.session({ params: { id: id.slice(0, 6) } })
      assert.strictEqual(detail.id, id)
      assert.strictEqual(detail.cost_usd, 0.0042)
      const [turn] = detail.turns
      assert.deepEqual(turn?.tokens, { input: 10, output: 5, cache_read: 0, cache_write: 7 })
      assert.deepEqual(turn?.states, [
        { state: "received", at: "1970-01-01T00:00:00.000Z" },
        { state: "calling", at: "1970-01-01T00:00:00.000Z" },
        { state: "done", at: "1970-01-01T00:00:02.000Z" }
      ])
      assert.deepEqual(turn?.steps, [
        {
          kind: "model",
          name: "claude",
          state: "finished",
          outcome: "ok",
          started_at: "1970-01-01T00:00:00.000Z",
          finished_at: "1970-01-01T00:00:02.000Z"
        }
      ])
      assert.deepEqual(
        turn?.messages.map(({ parts, role }) => [role, parts.map((part) => part.origin)]),
        [
          ["user", ["person"]],
          ["assistant", ["model"]]
        ]
      )
    })
  )

  it.effect("answers 404 to an unknown id, and names the candidates of an ambiguous one", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const client = yield* HttpApiTest.groups(Api, ["sessions"])
      const unknown = yield* Effect.flip(client.session({ params: { id: "ffffffffff" } }))
      assert.deepEqual(unknown, {
        error: {
          type: "not_found",
          message: "There is no session ffffffffff. See: blufio session list"
        }
      })
      for (const id of ["zz1", "zz2"]) {
        yield* sql`INSERT INTO sessions (id, channel, chat, topic, agent, person, opened_at)
          VALUES (${id}, 'local', ${id}, '', 'main', 'owner', 1)`
      }
      const ambiguous = yield* Effect.flip(client.session({ params: { id: "zz" } }))
      assert.deepInclude(ambiguous, {
        error: { type: "not_found", message: "zz could be several sessions: zz1, zz2" }
      })
    })
  )
})

layer(served)("the pairing API", (it) => {
  it.effect("lists, approves and revokes; what is not there is 404", () =>
    Effect.gen(function* () {
      const pairing = yield* Pairing
      const client = yield* HttpApiTest.groups(Api, ["pairing"])
      const contact = { channel: telegram, address: "7", displayName: "Ada" }
      const admission = yield* pairing.admit(contact)
      const code = admission._tag === "Code" ? admission.code : ""
      assert.deepInclude((yield* client.pairings({}))[0], { code, state: "pending", name: "Ada" })
      const approved = yield* client.approvePairing({ payload: { code: code.toLowerCase() } })
      assert.deepInclude(approved, { code: null, state: "approved", role: "owner" })
      assert.strictEqual((yield* pairing.admit(contact))._tag, "Known")
      const again = yield* Effect.flip(client.approvePairing({ payload: { code } }))
      assert.deepEqual(again, {
        error: {
          type: "not_found",
          message: `No pairing code ${code} is pending: a code lives for one hour. See: blufio pairing list`
        }
      })
      yield* client.revokePairing({ payload: { code: "telegram:7" } })
      assert.strictEqual((yield* pairing.admit(contact))._tag, "Code")
      // Who asks again is withdrawn by the address that the list shows.
      const pending = yield* client.revokePairing({ payload: { code: "telegram:7" } })
      assert.deepInclude(pending, { state: "pending", address: "7" })
      const nobody = yield* Effect.flip(client.revokePairing({ payload: { code: "telegram:7" } }))
      assert.deepInclude(nobody, {
        error: {
          type: "not_found",
          message:
            "telegram:7 is neither a pending code nor the address of anybody here. See: blufio pairing list"
        }
      })
    })
  )
})
