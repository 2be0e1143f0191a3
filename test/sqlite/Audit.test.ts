// SPDX-License-Identifier: MIT OR Apache-2.0
/** The chain: whatever is done to its rows is found, and what was only written is not. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import { AuditEvent } from "../../src/domain/audit.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteAudit from "../../src/layers/sqlite/SqliteAudit.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import { Audit } from "../../src/services/Audit.ts"

const layer = SqliteAudit.layer.pipe(
  Layer.provideMerge(
    Layer.provideMerge(Migrations.layer, SqliteClient.layer({ filename: ":memory:" }))
  )
)

const write = (count: number) =>
  Effect.flatMap(Audit, (audit) =>
    Effect.forEach(
      Array.from({ length: count }, (_, index) => index + 1),
      (index) =>
        audit.record({
          action: "tool.finished",
          actor: "daemon",
          subject: `tool ${index}`,
          outcome: "ok",
          detail: { index, name: "x", done: true }
        }),
      { discard: true }
    )
  )

const faults = (noted?: string) =>
  Effect.flatMap(Audit, (audit) => audit.verify(Option.fromUndefinedOr(noted)))

const changes: ReadonlyArray<readonly [string, string, string]> = [
  ["a time", "UPDATE audit SET at = at + 1 WHERE seq = 4", "changed"],
  ["an action", "UPDATE audit SET action = 'secret.used' WHERE seq = 4", "changed"],
  ["an actor", "UPDATE audit SET actor = 'owner' WHERE seq = 4", "changed"],
  ["a subject", "UPDATE audit SET subject = 'tool 5' WHERE seq = 4", "changed"],
  ["an outcome", "UPDATE audit SET outcome = 'failed' WHERE seq = 4", "changed"],
  ["a detail", "UPDATE audit SET detail = '{}' WHERE seq = 4", "changed"],
  ["a detail's spaces", "UPDATE audit SET detail = detail || ' ' WHERE seq = 4", "changed"],
  ["a hash", "UPDATE audit SET hash = zeroblob(32) WHERE seq = 4", "changed"],
  [
    "a border between fields",
    "UPDATE audit SET actor = 'daemont', subject = substr(subject, 2) WHERE seq = 4",
    "changed"
  ],
  ["the first row", "UPDATE audit SET actor = 'x' WHERE seq = 1", "changed"],
  ["the last row", "UPDATE audit SET actor = 'x' WHERE seq = 9", "changed"],
  ["a row taken out", "DELETE FROM audit WHERE seq = 4", "missing"],
  ["the first taken out", "DELETE FROM audit WHERE seq = 1", "missing"],
  ["the last taken out", "DELETE FROM audit WHERE seq = 9", "missing"],
  ["all taken out", "DELETE FROM audit", "missing"],
  [
    "a row put before the first",
    "INSERT INTO audit SELECT 0, at, action, actor, subject, outcome, detail, hash FROM audit WHERE seq = 1",
    "changed"
  ],
  [
    "everything emptied beside a vault",
    "DELETE FROM audit; DELETE FROM audit_head; INSERT INTO vault VALUES (1, x'', 1, 1, 1, x'', x'', x'', 0, 0)",
    "missing"
  ],
  [
    "a row added",
    "INSERT INTO audit SELECT 10, at, action, actor, subject, outcome, detail, hash FROM audit WHERE seq = 9",
    "changed"
  ]
]

describe("the audit", () => {
  it.effect.each(changes)("finds %s", ([, sql, problem]) =>
    Effect.gen(function* () {
      const client = yield* SqlClient.SqlClient
      yield* write(9)
      assert.deepEqual((yield* faults()).faults, [])
      yield* Effect.forEach(sql.split("; "), (one) => client.unsafe(one), { discard: true })
      const found = (yield* faults()).faults
      assert.isAbove(found.length, 0)
      assert.strictEqual(found[0]?.problem, problem)
    }).pipe(Effect.provide(layer))
  )

  it.effect("finds two rows that changed places, and a number left out", () =>
    Effect.gen(function* () {
      const client = yield* SqlClient.SqlClient
      yield* write(9)
      for (const [from, to] of [
        [4, 100],
        [5, 4],
        [100, 5]
      ])
        yield* client`UPDATE audit SET seq = ${to!} WHERE seq = ${from!}`
      assert.deepEqual(
        (yield* faults()).faults.map(({ seq }) => seq),
        [4, 5, 6]
      )
    }).pipe(Effect.provide(layer))
  )

  it.effect("a chain that was written anew lacks the hash that was noted", () =>
    Effect.gen(function* () {
      const client = yield* SqlClient.SqlClient
      yield* write(5)
      const { head } = yield* faults()
      yield* write(5)
      assert.isTrue((yield* faults(head)).is_noted_there)
      yield* client`DELETE FROM audit`
      yield* client`DELETE FROM audit_head`
      yield* TestClock.adjust("1 second")
      yield* write(10)
      const after = yield* faults(head)
      assert.deepEqual(after.faults, [])
      assert.isFalse(after.is_noted_there)
    }).pipe(Effect.provide(layer))
  )

  it.effect("stays whole while it is read and written at once, over several pages", () =>
    Effect.gen(function* () {
      yield* write(2500)
      const [verdicts] = yield* Effect.all(
        [Effect.replicateEffect(faults(), 3), write(200), write(200)],
        { concurrency: "unbounded" }
      )
      for (const verdict of verdicts) assert.deepEqual(verdict.faults, [])
      assert.strictEqual((yield* faults()).rows, 2900)
    }).pipe(Effect.provide(layer))
  )

  it.effect.prop(
    "keeps any event as it was, and is whole after it",
    [Arbitrary.schema(Schema.NonEmptyArray(AuditEvent))],
    ([events]) =>
      Effect.gen(function* () {
        const audit = yield* Audit
        for (const event of events) yield* audit.record(event)
        const { faults: found, rows } = yield* faults()
        assert.deepEqual(found, [])
        assert.strictEqual(rows, events.length)
        const kept = yield* audit.tail(1)
        assert.strictEqual(kept[0]?.action, events.at(-1)?.action)
      }).pipe(Effect.provide(layer))
  )
})
