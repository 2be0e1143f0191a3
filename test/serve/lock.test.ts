// SPDX-License-Identifier: MIT OR Apache-2.0
/** One Blufio per database, a private file that can be copied, and a start that refuses in one sentence. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { text } from "../fakes/MessagesApi.ts"
import { say } from "../support/api.ts"
import { command, makeHome, scoped, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, eventually } from "./support.ts"

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe("the instance lock", () => {
  it.live("a second daemon on the same database is told who holds it", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const first = yield* serve({ home })
      const second = yield* command({ home, args: ["serve"] })
      assert.strictEqual(second.code, 1)
      assert.include(second.stderr, `blufio serve (process ${first.child.pid}) already serves`)
      assert.include(second.stderr, home.database)
      assert.lengthOf(second.stderr.trim().split("\n"), 1)
      assert.match((yield* say(home.socket, "what is 2 + 2")).text, /4/)
    })
  )

  it.live("a socket that a kill left behind is replaced", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const first = yield* serve({ home })
      yield* first.kill("SIGKILL")
      assert.isTrue(existsSync(home.socket))
      const second = yield* serve({ home })
      assert.match((yield* say(home.socket, "what is 2 + 2")).text, /4/)
      assert.strictEqual(yield* second.kill("SIGTERM"), 0)
      assert.isFalse(existsSync(home.socket))
    })
  )

  it.live.each(["a fresh home", "a socket left behind"])(
    "of three started at once one wins: %s",
    (state) =>
      Effect.gen(function* () {
        const home = yield* makeHome()
        if (state !== "a fresh home")
          yield* Effect.flatMap(serve({ home }), (one) => one.kill("SIGKILL"))
        const all = yield* Effect.forEach([1, 2, 3], () => scoped({ home, args: ["serve"] }))
        const winner = yield* Effect.raceAll(all.map((one) => Effect.as(one.says(/is up/), one)))
        const losers = all.filter((one) => one !== winner)
        const codes = yield* Effect.forEach(losers, (one) => one.exited)
        assert.deepEqual(codes, [1, 1])
        for (const one of losers)
          assert.match(one.stderr(), /already serves|Is another Blufio starting/)
        assert.match((yield* say(home.socket, "what is 2 + 2")).text, /4/)
        assert.strictEqual(yield* winner.kill("SIGTERM"), 0)
      })
  )
})

describe("the database file", () => {
  it.live("is private, and complete by itself when the agent has been idle", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain(() => text("The word is heliotrope."))
      const daemon = yield* serve({ home })
      assert.strictEqual(modeOf(home.database), "600")
      assert.strictEqual(modeOf(dirname(home.database)), "700")
      assert.strictEqual(modeOf(home.socket), "600")
      yield* ask(home, telegram, "What is the word?")
      const wal = `${home.database}-wal`
      assert.isAbove(statSync(wal).size, 0)
      const written = performance.now()
      yield* Effect.repeat(
        Effect.delay(
          Effect.sync(() => statSync(wal).size),
          "20 millis"
        ),
        { until: (size) => size === 0 }
      )
      assert.isBelow(performance.now() - written, 2500)
      const copy = join(home.dir, "copy.db")
      copyFileSync(home.database, copy)
      const db = new DatabaseSync(copy)
      assert.deepEqual(
        db
          .prepare("PRAGMA integrity_check")
          .all()
          .map((row) => row["integrity_check"]),
        ["ok"]
      )
      const kept = db.prepare("SELECT markdown FROM outbox WHERE state = 'sent'").all()
      assert.match(String(kept[0]!["markdown"]), /heliotrope/)
      const loose = db
        .prepare(
          "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0"
        )
        .all()
        .map((row) => String(row["name"]))
        .filter((name) => !name.startsWith("sqlite_") && name !== "effect_sql_migrations")
      assert.deepEqual(loose, [])
      db.close()
      assert.lengthOf(yield* anthropic.calls, 1)
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      assert.deepEqual(readdirSync(dirname(home.database)), ["blufio.db"])
    })
  )

  it.live("is refused in one sentence when a newer program wrote it", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const first = yield* serve({ home })
      assert.strictEqual(yield* first.kill("SIGTERM"), 0)
      const db = new DatabaseSync(home.database)
      db.exec("INSERT INTO effect_sql_migrations (migration_id, name) VALUES (9999, 'future')")
      db.close()
      const { code, stderr, stdout } = yield* command({ home, args: ["serve"] })
      assert.strictEqual(code, 1)
      assert.match(stderr, /^This database was written by a newer Blufio \(schema 9999.*\n$/)
      assert.notInclude(stdout, "is up")
    })
  )

  it.live("is refused in one sentence when it is no database", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      mkdirSync(dirname(home.database), { mode: 0o700 })
      writeFileSync(home.database, "Dear diary,\n".repeat(400))
      const { code, stderr } = yield* command({ home, args: ["serve"] })
      assert.strictEqual(code, 1)
      assert.lengthOf(stderr.trim().split("\n"), 1)
      assert.include(stderr, home.database)
      assert.match(stderr, /Blufio database/)
    })
  )
})

describe("two lives", () => {
  it.live("what a killed daemon had stored stays private and whole", () =>
    Effect.gen(function* () {
      const { home, telegram } = yield* Fakes.make()
      const first = yield* serve({ home })
      yield* ask(home, telegram, "Hello!")
      yield* first.kill("SIGKILL")
      for (const file of readdirSync(dirname(home.database)))
        assert.strictEqual(modeOf(join(dirname(home.database), file)), "600", file)
      yield* serve({ home })
      const rows = yield* eventually(home, "PRAGMA integrity_check", () => true)
      assert.strictEqual(rows[0]!["integrity_check"], "ok")
    })
  )
})
