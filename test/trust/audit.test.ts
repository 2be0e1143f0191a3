// SPDX-License-Identifier: MIT OR Apache-2.0
/** The audit of a real daemon: what is in it, and that it tells when somebody was at it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import { callPort, say } from "../support/api.ts"
import { command, type Home, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { decodeJson, fill, makeKeyless, secret, tamper, unlocked } from "./support.ts"

interface Entry {
  readonly action: string
  readonly actor: string
  readonly subject: string
  readonly outcome: string
  readonly detail: Readonly<Record<string, unknown>>
}

const tail = Effect.fnUntraced(function* (home: Home) {
  const { code, stdout } = yield* command({
    home,
    args: ["audit", "tail", "-n", "1000", "--json"]
  })
  assert.strictEqual(code, 0)
  return decodeJson(stdout) as ReadonlyArray<Entry>
})

const verify = (home: Home, ...args: ReadonlyArray<string>) =>
  command({ home, args: ["audit", "verify", ...args] })

describe("the audit", () => {
  it.live("says who did it, also when a daemon did the writing", () =>
    Effect.gen(function* () {
      const { home } = yield* makeKeyless(`[provider]\ndefault = "demo"`)
      yield* fill(home, { SOME_KEY: "a-value-of-no-use" })
      const daemon = yield* serve({ home, env: unlocked })
      const port = yield* daemon.says(/http:\/\/[\d.]+:(\d+)/)
      const made = yield* command({
        home,
        args: ["key", "create", "steward", "--scopes", "admin", "--json"]
      })
      const { id, key } = decodeJson(made.stdout)
      const asked = { name: "made by a key", scopes: ["chat", "read"] }
      const answer = yield* callPort(port, "/v1/keys", { body: asked, key: String(key) })
      assert.strictEqual(answer.status, 200, answer.body)
      yield* secret(home, ["set", "OTHER_KEY"], { stdin: "another-value" })
      yield* secret(home, ["rm", "SOME_KEY"])
      const wrong = yield* secret(home, ["set", "THIRD_KEY"], {
        stdin: "never",
        env: { BLUFIO_PASSPHRASE: "not it" }
      })
      assert.strictEqual(wrong.code, 4)
      const entries = yield* tail(home)
      const find = (action: string, actor: string) =>
        entries.findLast((entry) => entry.action === action && entry.actor === actor)
      assert.deepInclude(find("key.created", "owner")?.detail, { scopes: "admin" })
      assert.deepInclude(find("key.created", `key:${String(id)}`)?.detail, { scopes: "chat,read" })
      assert.strictEqual(find("secret.set", "owner")?.subject, "OTHER_KEY")
      assert.strictEqual(find("secret.removed", "owner")?.subject, "SOME_KEY")
      assert.strictEqual(find("vault.refused", "owner")?.outcome, "refused")
      assert.strictEqual((yield* verify(home)).code, 0)
    })
  )

  it.live("holds what matters, without a value, and is whole after a kill", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* makeKeyless(`[budget]\ndaily_usd = 5\n[agent]\n`)
      yield* fill(home, {
        ANTHROPIC_API_KEY: anthropic.key,
        TELEGRAM_BOT_TOKEN: telegram.token
      })
      yield* anthropic.setBrain((body) => {
        const { step, words } = Fakes.asked(body)
        return words.includes("count") && step === 0
          ? toolCall("calculate", { expression: "6 * 7" })
          : text("Done with that.")
      })
      const daemon = yield* serve({ home, env: unlocked })
      telegram.userSays(999, "Hello")
      const code = yield* telegram.waitFor(
        () =>
          telegram.shownIn(999).flatMap((shown) => /\b[2-9A-HJKMNP-Z]{8}\b/.exec(shown) ?? [])[0]
      )
      assert.strictEqual((yield* command({ home, args: ["pairing", "approve", code] })).code, 0)
      yield* say(home.socket, "Please count")
      yield* daemon.kill("SIGKILL")
      assert.strictEqual((yield* verify(home)).code, 0)
      const config = join(home.dir, "blufio.toml")
      writeFileSync(config, readFileSync(config, "utf8").replace("daily_usd = 5", "daily_usd = 6"))
      yield* serve({ home, env: unlocked })
      const entries = yield* tail(home)
      const has = (action: string, subject: RegExp, outcome = "ok") =>
        assert.isTrue(
          entries.some(
            (entry) =>
              entry.action === action && subject.test(entry.subject) && entry.outcome === outcome
          ),
          `${action} ${subject}`
        )
      has("vault.created", /vault/)
      has("vault.opened", /vault/)
      has("secret.set", /ANTHROPIC_API_KEY/)
      has("secret.used", /ANTHROPIC_API_KEY/)
      has("pairing.approved", /999|Person/i)
      has("tool.finished", /calculate/)
      has("budget.changed", /daily_usd/)
    })
  )

  it.live(
    "verify names the row that was changed, taken out or moved, with a daemon or without",
    () =>
      Effect.gen(function* () {
        const { home } = yield* makeKeyless(`[provider]\ndefault = "demo"`)
        for (const name of ["ONE_KEY", "TWO_KEY", "THREE_KEY", "FOUR_KEY"])
          yield* fill(home, { [name]: name.toLowerCase() })
        const whole = yield* verify(home, "--json")
        assert.strictEqual(whole.code, 0)
        const { head, ok, rows } = decodeJson(whole.stdout)
        assert.isTrue(ok)
        assert.isAbove(Number(rows), 4)
        assert.strictEqual((yield* verify(home, "--expect", String(head))).code, 0)
        assert.strictEqual((yield* verify(home, "--expect", "a".repeat(64))).code, 1)
        assert.strictEqual((yield* verify(home, "--expect", "nonsense")).code, 2)
        tamper(home, "UPDATE audit SET subject = 'NO_KEY' WHERE seq = 3")
        const changed = yield* verify(home)
        assert.strictEqual(changed.code, 1)
        assert.match(changed.stdout, /row 3: changed/)
        yield* serve({ home, env: unlocked })
        const served = yield* verify(home)
        assert.strictEqual(served.code, 1)
        assert.match(served.stdout, /row 3: changed/)
        tamper(home, "DELETE FROM audit WHERE seq = 5")
        assert.match((yield* verify(home)).stdout, /row 5: missing/)
      })
  )
})

const killAtCommit = new URL("../support/killAtCommit.mjs", import.meta.url).pathname

describe("kill -9 in the middle of a command", () => {
  /** Runs it, killed at its n-th commit, then looks; false when it has fewer commits. */
  const killed = Effect.fnUntraced(function* (
    args: ReadonlyArray<string>,
    stdin: string,
    look: (home: Home) => Effect.Effect<void>
  ) {
    for (let commit = 1; ; commit++) {
      const { home } = yield* makeKeyless()
      yield* fill(home, { OLD_KEY: "old", THIS_KEY: "before" })
      const { code } = yield* command({
        home,
        args,
        stdin,
        env: { ...unlocked, KILL_AT_COMMIT: String(commit) },
        node: ["--import", killAtCommit]
      })
      yield* look(home)
      assert.strictEqual((yield* verify(home)).code, 0)
      if (code === 0) return commit - 1
      assert.isNull(code)
    }
  })

  const namesOf = Effect.fnUntraced(function* (home: Home, env = unlocked) {
    const { code, stderr, stdout } = yield* secret(home, ["list", "--json"], { env })
    assert.strictEqual(code, 0, stderr)
    const rows = decodeJson(stdout) as ReadonlyArray<{ name: string; state: string }>
    for (const { name, state } of rows) assert.strictEqual(state, "ok", name)
    return rows.map(({ name }) => name).join(" ")
  })

  it.live("secret import stores all or none", () =>
    Effect.gen(function* () {
      const commits = yield* killed(
        ["secret", "import"],
        "A_KEY=1\nB_KEY=2\nTHIS_KEY=3\n",
        (home) =>
          Effect.gen(function* () {
            assert.include(
              ["OLD_KEY THIS_KEY", "A_KEY B_KEY OLD_KEY THIS_KEY"],
              yield* namesOf(home)
            )
          })
      )
      assert.isAbove(commits, 0)
    })
  )

  it.live("secret passphrase leaves the old one or the new one, and every secret", () =>
    Effect.gen(function* () {
      const commits = yield* killed(
        ["secret", "passphrase", "--new-passphrase-fd", "0"],
        "another one altogether",
        (home) =>
          Effect.gen(function* () {
            const other = { BLUFIO_PASSPHRASE: "another one altogether" }
            const old = yield* secret(home, ["set", "OLD_KEY"], { stdin: "x" })
            const fresh = yield* secret(home, ["set", "OLD_KEY"], { stdin: "x", env: other })
            assert.sameMembers([old.code, fresh.code], [0, 4])
            assert.strictEqual(
              yield* namesOf(home, old.code === 0 ? unlocked : other),
              "OLD_KEY THIS_KEY"
            )
          })
      )
      assert.isAbove(commits, 0)
    })
  )
})
