// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { text } from "../fakes/MessagesApi.ts"
import { command, run, serve } from "../support/Blufio.ts"
import { query } from "../support/database.ts"
import * as Fakes from "../support/Fakes.ts"

const killAtCommit = new URL("../support/killAtCommit.mjs", import.meta.url).pathname
const person = Fakes.users[0]!

const rowsOf = (database: string, sql: string) => query(database, sql)[0]!

/** A daemon that has answered once, was stopped, and finds its database changed by a statement. */
const damaged = Effect.fnUntraced(function* (statement: string) {
  const { anthropic, home, telegram } = yield* Fakes.make()
  yield* anthropic.setBrain(() => text("Here I am."))
  const first = yield* serve({ home })
  telegram.userSays(person, "Hello!")
  yield* telegram.waitFor(() => telegram.shownIn(person).includes("Here I am."))
  yield* first.kill("SIGTERM")
  const db = new DatabaseSync(home.database)
  db.exec(statement)
  db.close()
  yield* serve({ home })
  return { home, telegram }
})

describe("commands and crashes", () => {
  it.live.each([3, 4, 5, 6])("/retry is carried out once, killed at commit %d", (commit) =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      let asked = 0
      yield* anthropic.setBrain(() => text(`answer number ${++asked}`))
      telegram.userSays(person, "Hello!")
      const answers = () => telegram.shownIn(person).filter((shown) => shown.includes("number"))
      const first = run({ home, args: ["serve"] })
      yield* telegram.waitFor(() => answers().length === 1)
      yield* first.kill("SIGTERM")
      telegram.userSays(person, "/retry")
      const env = { KILL_AT_COMMIT: String(commit) }
      const second = run({ home, args: ["serve"], env, node: ["--import", killAtCommit] })
      yield* Effect.raceFirst(
        second.exited,
        Effect.andThen(
          telegram.waitFor(() => answers().length === 2),
          second.kill("SIGTERM")
        )
      )
      const third = yield* serve({ home })
      yield* telegram.waitFor(() => answers().length === 2)
      assert.strictEqual(yield* third.kill("SIGTERM"), 0)
      const turns = rowsOf(home.database, "SELECT superseded_by FROM turns ORDER BY rowid")
      assert.lengthOf(turns, 2)
      assert.isNotNull(turns[0]!["superseded_by"])
    })
  )

  it.live("a stored command that cannot be read stops neither the start nor the chat", () =>
    Effect.gen(function* () {
      const { home, telegram } =
        yield* damaged(`INSERT INTO inbox (channel, update_id, session, agent, person, lane, parts, state, received_at)
        SELECT 'telegram', 'broken', id, agent, person, 'control', '[{"bad": 1}]', 'pending', 0 FROM sessions`)
      telegram.userSays(person, "/whoami")
      yield* telegram.waitFor(() =>
        telegram.shownIn(person).some((shown) => shown.startsWith("You are"))
      )
      const rows = rowsOf(home.database, "SELECT state FROM inbox WHERE update_id = 'broken'")
      assert.deepEqual(rows, [{ state: "done" }])
    })
  )

  it.live("a transcript that cannot be read is told of, and /new leads out", () =>
    Effect.gen(function* () {
      const { telegram } = yield* damaged(`UPDATE messages SET parts = '[{"bad": 1}]'`)
      telegram.userSays(person, "And now?")
      yield* telegram.waitFor(() =>
        telegram.shownIn(person).some((shown) => shown.includes("/new"))
      )
      telegram.userSays(person, "/new")
      telegram.userSays(person, "Hello again!")
      yield* telegram.waitFor(
        () => telegram.shownIn(person).filter((shown) => shown === "Here I am.").length === 2
      )
    })
  )

  it.live("the file is locked, by whatever path and whether its socket is there or not", () =>
    Effect.gen(function* () {
      const { home } = yield* Fakes.make()
      const holder = yield* serve({ home })
      rmSync(home.socket)
      const other = join(home.dir, "other")
      mkdirSync(other)
      symlinkSync(home.database, join(other, "blufio.db"))
      for (const path of [home.database, join(other, "blufio.db")]) {
        const env = { BLUFIO__STORAGE__PATH: path }
        const second = yield* command({ home, args: ["serve"], env })
        assert.strictEqual(second.code, 1, second.stdout)
        assert.include(second.stderr, "already serves")
      }
      assert.strictEqual(yield* holder.kill("SIGTERM"), 0)
    })
  )
})
