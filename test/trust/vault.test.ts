// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault through the real program: what opens it, what does not, and what stands where. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { call, callPort, say } from "../support/api.ts"
import { command, makeHome, scoped, serve } from "../support/Blufio.ts"
import { ask, decodeRefusal } from "../serve/support.ts"
import {
  decodeJson,
  filesOf,
  fill,
  makeKeyless,
  passphrase,
  readColumn,
  secret,
  tamper,
  unlocked
} from "./support.ts"

const canary = "canary-value-7Yq2LmX9vT4"
const wrong = { BLUFIO_PASSPHRASE: "wrong horse" }

const flipped = (value: Uint8Array, at: number): Uint8Array => {
  const copy = Uint8Array.from(value)
  copy[at % copy.length]! ^= 1
  return copy
}

describe("a wrong passphrase", () => {
  it.live("opens nothing: exit 4, in the same words whatever it is, and nothing changes", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      yield* fill(home, { SOME_KEY: canary })
      const before = filesOf(home)["blufio.db"]
      const tries = [
        wrong,
        { BLUFIO_PASSPHRASE: passphrase.slice(0, -1) },
        { BLUFIO_PASSPHRASE: passphrase.toUpperCase() },
        { BLUFIO_PASSPHRASE: `${passphrase} ` }
      ]
      const words = new Set<string>()
      for (const env of tries) {
        const set = yield* secret(home, ["set", "SOME_KEY"], { stdin: "other", env })
        assert.strictEqual(set.code, 4)
        words.add(set.stderr)
      }
      const started = yield* command({ home, args: ["serve"], env: wrong })
      assert.strictEqual(started.code, 4)
      assert.lengthOf([...words], 1)
      assert.notInclude([...words][0], "horse")
      assert.include(started.stderr, "does not open the vault")
      assert.strictEqual(
        String(readColumn(home, "SELECT version FROM secrets")),
        "1",
        "the secret is the one it was"
      )
      assert.isString(before)
      const tail = yield* command({ home, args: ["audit", "tail", "--json"] })
      assert.include(tail.stdout, "vault.refused")
    })
  )

  it.live("is not guessed from another source: the first that is given counts", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      yield* fill(home, { SOME_KEY: canary })
      const credentials = join(home.dir, "credentials")
      mkdirSync(credentials)
      const place = (text: string, name: string) => {
        writeFileSync(join(home.dir, name), text)
        return join(home.dir, name)
      }
      const right = place(`${passphrase}\n`, "right")
      const bad = place("bad", "bad")
      const credential = (text: string) => {
        writeFileSync(join(credentials, "blufio-passphrase"), text)
        return { CREDENTIALS_DIRECTORY: credentials }
      }
      const outcome = (env: Record<string, string>) =>
        Effect.map(secret(home, ["set", "SOME_KEY"], { stdin: "v", env }), ({ code }) => code)
      const fromFile = { BLUFIO_PASSPHRASE_FILE: right }
      assert.strictEqual(yield* outcome({ ...fromFile, ...wrong }), 0)
      assert.strictEqual(yield* outcome({ BLUFIO_PASSPHRASE_FILE: bad, ...unlocked }), 4)
      assert.strictEqual(yield* outcome({ ...credential(passphrase), ...wrong }), 0)
      assert.strictEqual(yield* outcome({ ...credential("bad"), ...fromFile, ...unlocked }), 4)
      assert.strictEqual(yield* outcome({ BLUFIO_PASSPHRASE_FILE: "/nowhere", ...unlocked }), 4)
      assert.strictEqual(yield* outcome({}), 4)
      // A directory of credentials without ours is somebody else's.
      const empty = { CREDENTIALS_DIRECTORY: home.dir }
      assert.strictEqual(yield* outcome({ ...empty, ...unlocked }), 0)
      const byDescriptor = yield* command({
        home,
        args: ["secret", "set", "SOME_KEY", "--passphrase-fd", "0"],
        env: wrong,
        stdin: passphrase
      })
      // The same descriptor cannot bring the value too.
      assert.notStrictEqual(byDescriptor.code, 4)
      const missing = yield* command({
        home,
        args: ["secret", "list", "--passphrase-fd", "77"],
        env: unlocked
      })
      assert.strictEqual(missing.code, 4)
    })
  )
})

/** Numbers of the vault's own row are set, bytes are flipped. */
const headerColumns = {
  salt: "flip",
  memory_kib: "UPDATE vault SET memory_kib = 32768",
  passes: "UPDATE vault SET passes = 1",
  parallelism: "UPDATE vault SET parallelism = 1",
  nonce: "flip",
  wrapped_key: "flip",
  digest: "flip",
  created_at: "UPDATE vault SET created_at = created_at - 1",
  changed_at: "UPDATE vault SET changed_at = changed_at + 1"
} as const

describe("a tampered vault", () => {
  it.live("is told from a wrong passphrase, whatever of its own row was changed", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      yield* fill(home, { SOME_KEY: canary })
      for (const [column, change] of Object.entries(headerColumns)) {
        const value = readColumn(home, `SELECT ${column} FROM vault`)
        const bytes = value instanceof Uint8Array ? value : new Uint8Array(1)
        if (change === "flip") tamper(home, `UPDATE vault SET ${column} = ?`, flipped(bytes, 5))
        else tamper(home, change)
        const { code, stderr } = yield* command({ home, args: ["serve"], env: unlocked })
        assert.strictEqual(code, 4, column)
        assert.include(stderr, "own row was changed", column)
        if (change === "flip") tamper(home, `UPDATE vault SET ${column} = ?`, bytes)
        else tamper(home, `UPDATE vault SET ${column} = ${String(value)}`)
      }
      assert.strictEqual((yield* secret(home, ["set", "SOME_KEY"], { stdin: "v" })).code, 0)
    })
  )

  it.live("names the secret that was changed, and goes on without it", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* makeKeyless()
      yield* fill(home, { ANTHROPIC_API_KEY: anthropic.key, OTHER_KEY: canary, THIRD_KEY: "third" })
      const row = "WHERE name = 'OTHER_KEY'"
      const ciphertext = readColumn(home, `SELECT ciphertext FROM secrets ${row}`) as Uint8Array
      const nonce = readColumn(home, `SELECT nonce FROM secrets ${row}`) as Uint8Array
      const third = readColumn(
        home,
        "SELECT ciphertext FROM secrets WHERE name = 'THIRD_KEY'"
      ) as Uint8Array
      const put = (column: string, value: Uint8Array) =>
        tamper(home, `UPDATE secrets SET ${column} = ? ${row}`, value)
      const isNamed = Effect.fnUntraced(function* (what: string, name = "OTHER_KEY") {
        const { code, stderr, stdout } = yield* secret(home, ["list", "--json"])
        assert.strictEqual(code, 1, what)
        assert.include(stderr, name, what)
        const rows = decodeJson(stdout) as ReadonlyArray<{ name: string; state: string }>
        assert.deepStrictEqual(
          rows.filter(({ state }) => state !== "ok").map((row) => row.name),
          [name],
          what
        )
      })
      put("ciphertext", flipped(ciphertext, 5))
      yield* isNamed("ciphertext")
      put("ciphertext", ciphertext.subarray(0, 3))
      yield* isNamed("cut")
      put("ciphertext", third)
      yield* isNamed("another secret's value")
      put("ciphertext", ciphertext)
      put("nonce", flipped(nonce, 3))
      yield* isNamed("nonce")
      put("nonce", nonce)
      tamper(home, `UPDATE secrets SET version = 7 ${row}`)
      yield* isNamed("version")
      tamper(home, `UPDATE secrets SET version = 1 ${row}`)
      tamper(home, `UPDATE secrets SET name = 'RENAMED_KEY' ${row}`)
      yield* isNamed("name", "RENAMED_KEY")
      const daemon = yield* serve({ home, env: unlocked })
      assert.include((yield* say(home.socket, "Are you there?")).text, "there")
      const tail = yield* command({ home, args: ["audit", "tail", "--json"] })
      assert.match(tail.stdout, /vault\.damaged[^]*RENAMED_KEY|RENAMED_KEY[^]*vault\.damaged/)
      const logs = yield* command({ home, args: ["logs"] })
      assert.include(logs.stdout, "RENAMED_KEY was changed outside Blufio")
      yield* daemon.kill("SIGTERM")
    })
  )
})

describe("serve with a vault", () => {
  it.live("takes its keys from there; the environment wins", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* makeKeyless()
      yield* fill(home, {
        ANTHROPIC_API_KEY: anthropic.key,
        TELEGRAM_BOT_TOKEN: telegram.token,
        OTHER_KEY: canary
      })
      const daemon = yield* serve({ home, env: unlocked })
      assert.lengthOf(yield* ask(home, telegram, "Hello"), 1)
      const logs = yield* command({ home, args: ["logs"] })
      yield* daemon.kill("SIGKILL")
      const places = {
        ...filesOf(home),
        stdout: daemon.stdout(),
        stderr: daemon.stderr(),
        logs: logs.stdout
      }
      assert.isDefined(places["blufio.db-wal" as keyof typeof places])
      for (const [place, content] of Object.entries(places))
        for (const value of [anthropic.key, telegram.token, canary, passphrase])
          assert.isFalse(content.includes(value), `${value} in ${place}`)
      const env = { ...unlocked, ANTHROPIC_API_KEY: "sk-ant-api03-of-another" }
      const other = yield* serve({ home, env })
      const refused = yield* call(home.socket, "/v1/messages", { body: { text: "Hello" } })
      assert.include(refused.body, "refused")
      yield* other.kill("SIGTERM")
    })
  )

  it.live("uses a key that was replaced at the next call", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* makeKeyless()
      yield* fill(home, { ANTHROPIC_API_KEY: "sk-ant-api03-an-old-one-that-is-refused" })
      yield* serve({ home, env: unlocked })
      const refused = yield* call(home.socket, "/v1/messages", { body: { text: "Hello" } })
      assert.include(refused.body, "refused")
      const set = yield* secret(home, ["set", "ANTHROPIC_API_KEY"], { stdin: anthropic.key })
      assert.strictEqual(set.code, 0, set.stderr)
      assert.include((yield* say(home.socket, "Hello again")).text, "Hello again")
    })
  )

  it.live("starts without the passphrase, says what is missing, and opens at the next start", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* makeKeyless()
      yield* fill(home, {
        ANTHROPIC_API_KEY: anthropic.key,
        TELEGRAM_BOT_TOKEN: telegram.token
      })
      const daemon = yield* serve({ home })
      assert.match(daemon.stdout() + daemon.stderr(), /vault is locked[^]*passphrase/i)
      const ready = yield* call(home.socket, "/readyz")
      assert.strictEqual(ready.status, 503)
      assert.match(ready.body, /"part":"vault","detail":"The vault is locked/)
      const port = yield* daemon.says(/http:\/\/127\.0\.0\.1:(\d+)/)
      assert.strictEqual((yield* callPort(port, "/readyz")).status, 503)
      assert.strictEqual((yield* callPort(port, "/healthz")).status, 200)
      const status = yield* command({ home, args: ["status"] })
      assert.match(status.stdout, /vault/i)
      const answer = yield* call(home.socket, "/v1/messages", { body: { text: "Hello" } })
      assert.match(answer.body, /vault/)
      assert.lengthOf(yield* anthropic.calls, 0)
      // What is stored meanwhile needs the passphrase as well.
      const without = yield* secret(home, ["set", "OTHER_KEY"], { stdin: "v", env: {} })
      assert.strictEqual(without.code, 4)
      const set = yield* secret(home, ["set", "OTHER_KEY"], { stdin: "v" })
      assert.strictEqual(set.code, 0, set.stderr)
      assert.include(set.stdout + set.stderr, "start it again with the passphrase")
      yield* daemon.kill("SIGTERM")
      yield* serve({ home, env: unlocked })
      assert.lengthOf(yield* ask(home, telegram, "And now?"), 1)
      const after = yield* call(home.socket, "/readyz")
      assert.strictEqual(after.status, 200, after.body)
    })
  )

  it.live("takes nothing that was not sealed under its key", () =>
    Effect.gen(function* () {
      const { home } = yield* makeKeyless()
      yield* fill(home, { OTHER_KEY: canary })
      yield* serve({ home, env: unlocked })
      const bytes = Buffer.alloc(40, 7).toString("base64")
      const forged = {
        name: "OTHER_KEY",
        version: 2,
        nonce: Buffer.alloc(12).toString("base64"),
        ciphertext: bytes,
        createdAt: 1,
        updatedAt: 1,
        lastUsedAt: null
      }
      const answer = yield* call(home.socket, "/v1/secrets/OTHER_KEY", {
        body: forged,
        method: "PUT"
      })
      const { error } = yield* decodeRefusal(answer.body)
      assert.include(error.message, "not sealed with the vault's key")
      const { code } = yield* secret(home, ["list"])
      assert.strictEqual(code, 0)
    })
  )
})

describe("blufio secret", () => {
  it.live("stores, lists, replaces and removes; never shows a value", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const told: Array<string> = []
      const go = Effect.fnUntraced(function* (args: ReadonlyArray<string>, stdin = "") {
        const done = yield* secret(home, args, { stdin })
        told.push(done.stdout, done.stderr)
        return done
      })
      assert.strictEqual((yield* go(["list"])).code, 0)
      assert.strictEqual((yield* go(["set", "SOME_KEY"], `${canary}\n`)).code, 0)
      assert.strictEqual((yield* go(["set", "SOME_KEY"], canary)).code, 0)
      const listed = yield* go(["list"])
      assert.match(listed.stdout, /SOME_KEY .*ago.*never/)
      for (const args of [
        ["set", "SOME_KEY", canary],
        ["set", canary],
        ["set", `SOME_KEY=${canary}`],
        ["set"],
        ["rm", canary],
        ["import", "/nowhere"]
      ])
        assert.strictEqual((yield* go(args, "x")).code, 2, args.join(" "))
      assert.strictEqual((yield* go(["set", "EMPTY_KEY"], "")).code, 2)
      assert.strictEqual((yield* go(["rm", "NO_SUCH_KEY"])).code, 1)
      const broken = yield* go(["import"], `GOOD_KEY=${canary}\nthis is no line ${canary}\n`)
      assert.strictEqual(broken.code, 2)
      assert.include(broken.stderr, "2")
      const lines = `# comment\nexport FIRST_KEY="${canary} #1"\nSECOND_KEY=${canary} # said\n\n`
      assert.strictEqual((yield* go(["import"], lines)).code, 0)
      const names = decodeJson((yield* go(["list", "--json"])).stdout) as ReadonlyArray<{
        name: string
      }>
      assert.deepStrictEqual(
        names.map(({ name }) => name),
        ["FIRST_KEY", "SECOND_KEY", "SOME_KEY"]
      )
      assert.strictEqual((yield* go(["rm", "SOME_KEY"])).code, 0)
      const configured = yield* command({
        home,
        args: ["config", "set-secret", "FOURTH_KEY"],
        stdin: canary,
        env: unlocked
      })
      assert.strictEqual(configured.code, 0, configured.stderr)
      for (const text of [...told, ...Object.values(filesOf(home))])
        assert.isFalse(text.includes(canary), text.slice(0, 200))
    })
  )

  it.live("changes the passphrase by one row: the old one opens nothing, all secrets stay", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* makeKeyless()
      yield* fill(home, { ANTHROPIC_API_KEY: anthropic.key })
      const sealed = () => readColumn(home, "SELECT ciphertext FROM secrets")
      const before = sealed()
      const changing = yield* scoped({
        home,
        args: ["secret", "passphrase", "--new-passphrase-fd", "0"],
        env: unlocked,
        stdin: "another one altogether"
      })
      assert.strictEqual(yield* changing.exited, 0, changing.stderr())
      assert.deepEqual(sealed(), before)
      assert.strictEqual((yield* command({ home, args: ["serve"], env: unlocked })).code, 4)
      yield* serve({ home, env: { BLUFIO_PASSPHRASE: "another one altogether" } })
      assert.include((yield* say(home.socket, "Hello")).text, "Hello")
    })
  )

  it.live("loses none of many that are set at once, with a daemon and without", () =>
    Effect.gen(function* () {
      const { home } = yield* makeKeyless()
      const names = (prefix: string) => Array.from({ length: 5 }, (_, n) => `${prefix}_${n}`)
      const setAll = (prefix: string) =>
        Effect.forEach(
          names(prefix),
          (name) =>
            Effect.map(secret(home, ["set", name], { stdin: name }), (done) => ({ name, ...done })),
          { concurrency: "unbounded" }
        )
      const first = yield* setAll("ALONE")
      const daemon = yield* serve({ home, env: unlocked })
      const second = yield* setAll("SERVED")
      const stored = [...first, ...second].filter(({ code }) => code === 0).map(({ name }) => name)
      assert.isAtLeast(stored.length, 6)
      const { code, stdout } = yield* secret(home, ["list", "--json"])
      assert.strictEqual(code, 0)
      const rows = decodeJson(stdout) as ReadonlyArray<{ name: string; state: string }>
      assert.deepStrictEqual(
        rows.map(({ name }) => name),
        stored.toSorted()
      )
      assert.isTrue(rows.every(({ state }) => state === "ok"))
      for (const { code, stderr } of [...first, ...second])
        if (code !== 0) assert.match(stderr, /again/)
      yield* daemon.kill("SIGTERM")
    })
  )
})
