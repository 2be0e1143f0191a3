// SPDX-License-Identifier: MIT OR Apache-2.0
/** Runs the real program: what the commands say with a daemon, without one, and before the first start. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { StatusReport } from "../../src/api/schemas.ts"
import { SessionDetail, SessionSummary } from "../../src/domain/reports.ts"
import { type Home, makeHome, serve } from "../support/Blufio.ts"
import { blufio, parse } from "./support.ts"

const decodeStatus = Schema.decodeUnknownEffect(Schema.fromJsonString(StatusReport))
const decodeDetail = Schema.decodeUnknownEffect(Schema.fromJsonString(SessionDetail))
const decodeSessions = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Array(SessionSummary))
)

const filesOf = ({ database }: Home) => readdirSync(dirname(database)).toSorted()

const askToBePaired = ({ database }: Home, code: string, name = "Ada") =>
  Effect.sync(() => {
    const db = new DatabaseSync(database)
    db.prepare("INSERT INTO pairing_codes VALUES (?, 'telegram', '7', ?, ?)").run(
      code,
      name,
      8_000_000_000_000
    )
    db.close()
  })

describe("without a daemon", () => {
  it.live("before the first start there is nothing to tell, and nothing is made", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const status = yield* blufio(home, ["status", "--json"])
      assert.strictEqual(status.exit, 0)
      assert.deepInclude(yield* decodeStatus(status.stdout), { running: false, pid: null })
      for (const args of [
        ["session", "list"],
        ["pairing", "list"]
      ]) {
        const { exit, stdout } = yield* blufio(home, [...args, "--json"])
        assert.deepEqual([exit, stdout], [0, "[]\n"])
      }
      const refusals = [
        [["session", "show", "abc"], 1, /^There is no session abc\./],
        [["session", "export", ".."], 1, /^There is no session \.\.\./],
        [["pairing", "approve", "ABC"], 1, /^No pairing code ABC is pending/],
        [["pairing", "revoke", "ABC"], 1, /^ABC is neither/],
        [["logs"], 5, /^No daemon is running\. Start one with: blufio serve$/],
        [["logs", "-f", "--json"], 2, /--json/],
        [["shell", "--session", "a\tb"], 2, /--session/]
      ] as const
      yield* Effect.forEach(
        refusals,
        Effect.fnUntraced(function* ([args, exit, stderr]) {
          const refused = yield* blufio(home, args)
          assert.deepEqual([refused.exit, refused.stdout], [exit, ""], args.join(" "))
          assert.match(refused.stderr.trim(), stderr)
        }),
        { concurrency: 4, discard: true }
      )
      assert.isFalse(existsSync(dirname(home.database)))
    })
  )

  it.live("the database is read as it lies there, and a person is approved in it", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const talk = yield* blufio(home, ["shell"], { stdin: "calculate 20 + 22\n" })
      assert.deepEqual([talk.exit, talk.stdout], [0, "calculate: 42\n"])
      const [session] = yield* decodeSessions(
        (yield* blufio(home, ["session", "list", "--json"])).stdout
      )
      const id = session!.id
      assert.deepInclude(session, { channel: "local", chat: "terminal", person: "owner" })

      const shown = yield* blufio(home, ["session", "show", id.slice(0, 8)])
      assert.deepEqual(yield* blufio(home, ["session", "show", "terminal"]), shown)
      assert.match(shown.stdout, /received → assembling \+\d+ ms → calling/)
      assert.match(shown.stdout, /tool {2}calculate {2}finished: ok/)
      assert.match(shown.stdout, /you> calculate 20 \+ 22/)
      assert.match(shown.stdout, /blufio> calculate: 42/)
      const exported = yield* blufio(home, ["session", "export", id])
      const detail = yield* decodeDetail(exported.stdout)
      assert.deepEqual(
        detail.turns.map((turn) => turn.state),
        ["done"]
      )
      assert.match((yield* blufio(home, ["status"])).stdout, /not running.*\n.*of \$3\.00 today/)
      assert.deepEqual(filesOf(home), ["blufio.db"])

      yield* askToBePaired(home, "ABCD2345")
      const listed = yield* blufio(home, ["pairing", "list", "--json"])
      assert.deepInclude(listed, { exit: 0 })
      assert.match(listed.stdout, /"code":"ABCD2345"/)
      const approved = yield* blufio(home, ["pairing", "approve", "abcd2345"])
      assert.strictEqual(approved.stdout, "Ada (telegram:7) may talk to Blufio now, as owner.\n")
      const revoked = yield* blufio(home, ["pairing", "revoke", "7", "--json"])
      assert.strictEqual(revoked.exit, 0)
      assert.match(revoked.stdout, /"state":"revoked"/)
      assert.match((yield* blufio(home, ["pairing", "list"])).stdout, /^Nobody is paired/)
      assert.deepEqual(filesOf(home), ["blufio.db"])
    })
  )

  it.live("what people call themselves does not command the terminal", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      yield* blufio(home, ["shell"], { stdin: "hello\n" })
      yield* askToBePaired(home, "ABCD2345", "A\u001b[2Jd\u202ea\nroot")
      const approved = yield* blufio(home, ["pairing", "approve", "ABCD2345"])
      assert.match(approved.stdout, /^A\[2Jda root \(telegram:7\) may talk to Blufio/)
      const refused = yield* blufio(home, ["pairing", "revoke", "\u001b]0;title\u0007"])
      assert.match(refused.stderr, /^\]0;title is neither/)
    })
  )

  it.live("a file that is no database is called that, in every command", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      mkdirSync(dirname(home.database), { recursive: true })
      for (const content of ["not a database, whatever its name says".repeat(100), ""]) {
        writeFileSync(home.database, content)
        for (const args of [["status"], ["session", "list"], ["pairing", "list"]]) {
          const { exit, stderr } = yield* blufio(home, args)
          assert.deepEqual([exit, /Is it a Blufio database/.test(stderr)], [1, true], stderr)
        }
      }
    })
  )

  it.live("a socket that a killed daemon left behind is no daemon", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const daemon = yield* serve({ home })
      yield* daemon.kill("SIGKILL")
      assert.isTrue(existsSync(home.socket))
      assert.match((yield* blufio(home, ["status"])).stdout, /^Blufio is not running/)
      assert.strictEqual((yield* blufio(home, ["logs"])).exit, 5)
      assert.strictEqual((yield* blufio(home, ["session", "list"])).exit, 0)
    })
  )
})

describe("with a daemon", () => {
  it.live("the commands ask it", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const daemon = yield* serve({ home })
      const status = yield* blufio(home, ["status", "--json"])
      assert.deepInclude(yield* decodeStatus(status.stdout), {
        running: true,
        pid: daemon.child.pid ?? -1,
        provider: "demo",
        channels: ["local"]
      })
      assert.match((yield* blufio(home, ["status"])).stdout, /^Blufio .* is running: pid \d+, up/)
      yield* blufio(home, ["shell", "--session", "My talk/2"], { stdin: "hello\n" })
      const [session] = yield* decodeSessions(
        (yield* blufio(home, ["session", "list", "--json"])).stdout
      )
      const shown = yield* blufio(home, ["session", "show", session!.id.slice(0, 6)])
      assert.match(shown.stdout, /you> hello\n/)
      assert.deepEqual(yield* blufio(home, ["session", "show", "My talk/2"]), shown)
      const unknown = yield* blufio(home, ["session", "show", "abc123"])
      assert.deepEqual(unknown, {
        exit: 1,
        stdout: "",
        stderr: "There is no session abc123. See: blufio session list\n"
      })
      const logs = yield* blufio(home, ["logs", "--json"])
      assert.isArray(yield* parse(logs.stdout))

      yield* askToBePaired(home, "ABCD2345")
      assert.strictEqual((yield* blufio(home, ["pairing", "approve", "WRONG"])).exit, 1)
      const approved = yield* blufio(home, ["pairing", "approve", "ABCD2345", "--json"])
      assert.match(approved.stdout, /"role":"owner"/)
      assert.strictEqual((yield* blufio(home, ["pairing", "revoke", "telegram:7"])).exit, 0)
    })
  )
})
