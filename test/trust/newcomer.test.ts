// SPDX-License-Identifier: MIT OR Apache-2.0
/** Where somebody new goes wrong with the vault, keys and devices: each time told plainly what to do. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { generateKeyPairSync } from "node:crypto"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { call } from "../support/api.ts"
import { command, type Home, makeHome, serve } from "../support/Blufio.ts"
import {
  decodeJson,
  fill,
  makeKeyless,
  passphrase,
  readColumn,
  secret,
  tamper,
  unlocked
} from "./support.ts"

const cli = (home: Home, ...args: ReadonlyArray<string>) => command({ home, args })
const publicKey = () =>
  generateKeyPairSync("ed25519")
    .publicKey.export({ format: "der", type: "spki" })
    .subarray(-32)
    .toString("base64")

describe("a vault whose own row was taken out", () => {
  it.live("is damaged: 503, no demo, and no other vault is made beside its secrets", () =>
    Effect.gen(function* () {
      const { home } = yield* makeKeyless()
      yield* fill(home, { SOME_KEY: "some value", OTHER_KEY: "another value" })
      tamper(home, "DELETE FROM vault")
      const daemon = yield* serve({ home, env: unlocked })
      assert.match(daemon.stdout(), /vault {5}damaged, 2 secrets\n.*taken out/)
      assert.notMatch(daemon.stdout(), /demo/)
      const ready = yield* call(home.socket, "/readyz")
      assert.strictEqual(ready.status, 503)
      assert.include(ready.body, "taken out outside Blufio")
      const over = yield* secret(home, ["set", "SOME_KEY"], { stdin: "v" })
      assert.strictEqual(over.code, 4)
      assert.include(over.stderr, "taken out")
      yield* daemon.kill("SIGTERM")
      const set = yield* secret(home, ["set", "SOME_KEY"], {
        stdin: "v",
        env: { BLUFIO_PASSPHRASE: "quite another one" }
      })
      assert.strictEqual(set.code, 4)
      assert.strictEqual(readColumn(home, "SELECT count(*) FROM vault"), 0)
    })
  )

  it.live("and a lost passphrase: reset begins anew, and conversations stay", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* makeKeyless()
      yield* fill(home, { ANTHROPIC_API_KEY: anthropic.key })
      const talk = yield* command({ home, args: ["shell"], env: unlocked, stdin: "Hello\n" })
      assert.strictEqual(talk.code, 0, talk.stderr)
      yield* command({ home, args: ["init", "--non-interactive"], env: unlocked })
      const deviceKey = join(dirname(home.database), "device.key")
      assert.isTrue(existsSync(deviceKey))
      const wrong = yield* command({
        home,
        args: ["serve"],
        env: { BLUFIO_PASSPHRASE: "lost one" }
      })
      assert.strictEqual(wrong.code, 4)
      assert.include(wrong.stderr, "blufio secret reset")
      const daemon = yield* serve({ home })
      assert.strictEqual((yield* secret(home, ["reset", "--yes"])).code, 2)
      yield* daemon.kill("SIGTERM")
      assert.strictEqual((yield* secret(home, ["reset"])).code, 2, "not without --yes")
      const reset = yield* secret(home, ["reset", "--yes"], { env: {} })
      assert.strictEqual(reset.code, 0, reset.stderr)
      assert.include(reset.stdout, "ANTHROPIC_API_KEY")
      assert.isFalse(existsSync(deviceKey))
      const anew = { BLUFIO_PASSPHRASE: "a new one altogether" }
      const init = yield* command({
        home,
        args: ["init", "--non-interactive"],
        env: anew,
        stdin: `ANTHROPIC_API_KEY=${anthropic.key}`
      })
      assert.strictEqual(init.code, 0, init.stderr)
      assert.include(init.stderr, "with a key that is not here any more")
      assert.include((yield* cli(home, "session", "list")).stdout, "terminal")
      assert.include((yield* cli(home, "audit", "tail")).stdout, "vault.reset")
    })
  )
})

describe("names", () => {
  it.live("of keys and devices in use are given once; two of an older version are told apart", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const make = (name: string) => cli(home, "key", "create", name, "--scopes", "chat", "--json")
      const first = decodeJson((yield* make("phone")).stdout)
      const again = yield* make("phone")
      assert.strictEqual(again.code, 1)
      assert.include(again.stderr, "called phone already")
      const second = decodeJson((yield* make("other")).stdout)
      tamper(home, "UPDATE api_keys SET name = 'phone'")
      const revoked = yield* cli(home, "key", "revoke", "phone")
      assert.strictEqual(revoked.code, 1)
      assert.include(revoked.stderr, "2 keys in use are called phone")
      assert.strictEqual(
        readColumn(home, "SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL"),
        0
      )
      assert.strictEqual((yield* cli(home, "key", "revoke", second.id)).code, 0)
      assert.strictEqual((yield* cli(home, "key", "revoke", "phone")).code, 0)
      assert.strictEqual(
        readColumn(home, `SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL`),
        2
      )
      assert.strictEqual((yield* make("phone")).code, 0, `${first.id} is gone: its name is free`)
      const add = () =>
        cli(home, "device", "add", "desk", "--scopes", "chat", "--public-key", publicKey())
      assert.strictEqual((yield* add()).code, 0)
      const twice = yield* add()
      assert.strictEqual(twice.code, 1)
      assert.include(twice.stderr, "called desk already")
      const daemon = yield* serve({ home })
      const served = yield* make("phone")
      assert.strictEqual(served.code, 1)
      assert.include(served.stderr, "called phone already")
      yield* daemon.kill("SIGTERM")
    })
  )

  it.live("of codes that wait are listed, and withdrawn", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      yield* serve({ home })
      const add = () => cli(home, "device", "add", "tablet", "--scopes", "chat", "--json")
      const { code } = decodeJson((yield* add()).stdout)
      const newer = decodeJson((yield* add()).stdout)
      const listed = yield* cli(home, "device", "list")
      assert.match(listed.stdout, /A code for tablet \(chat\) waits until .*revoke code-\w+/)
      assert.lengthOf(
        listed.stdout.match(/A code for/g)!,
        1,
        "a newer code takes the older's place"
      )
      assert.notInclude(listed.stdout, String(newer.code))
      const withdrawn = yield* cli(home, "device", "revoke", "tablet")
      assert.strictEqual(withdrawn.code, 0)
      assert.include(withdrawn.stdout, "The code for tablet is withdrawn")
      for (const one of [code, newer.code]) {
        const enroll = yield* call(home.socket, "/v1/auth/enroll", {
          body: { code: one, public_key: publicKey() }
        })
        assert.strictEqual(enroll.status, 401)
      }
    })
  )
})

describe("a value", () => {
  it.live("loses the white space around it, and is refused when it is nothing else", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* makeKeyless()
      const spaced = yield* secret(home, ["set", "ANTHROPIC_API_KEY"], {
        stdin: ` \t${anthropic.key} \n`
      })
      assert.strictEqual(spaced.code, 0)
      assert.include(spaced.stdout, "white space around the value was left out")
      const talk = yield* command({ home, args: ["shell"], env: unlocked, stdin: "Hello\n" })
      assert.strictEqual(talk.code, 0, talk.stdout)
      const plain = yield* secret(home, ["set", "SOME_KEY"], { stdin: "value\n" })
      assert.notInclude(plain.stdout, "white space")
      assert.strictEqual((yield* secret(home, ["set", "SOME_KEY"], { stdin: "  \n" })).code, 2)
      const argument = yield* secret(home, ["set", "SOME_KEY", "value"], {})
      assert.include(argument.stderr, "shell's history")
    })
  )

  it.live("of an .env file is complained of by line", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const faults = [
        ["A_KEY=1\nnonsense\n", "Line 2 is not NAME=value."],
        ["nonsense\nA_KEY=1\nmore\n", "Lines 1 and 3 are not NAME=value."],
        ["A_KEY=1\nB_KEY=\n", "Line 2 gives no value."],
        ["A_KEY=1\n\nA_KEY=2\n", "Line 3 gives a name that stands above already."],
        ["# keys\na-key=1\n", "Line 2 has a name that is not made of capitals"]
      ] as const
      for (const [stdin, complaint] of faults) {
        const { code, stderr } = yield* secret(home, ["import"], { stdin })
        assert.strictEqual(code, 2)
        assert.include(stderr, complaint)
        assert.include(stderr, "Nothing is stored.")
      }
      const init = (stdin: string) =>
        command({ home, args: ["init", "--non-interactive"], env: unlocked, stdin })
      const broken = yield* init("ANTHROPIC_API_KEY sk-ant\n")
      assert.strictEqual(broken.code, 2)
      assert.include(broken.stderr, "Line 1 is not NAME=value.")
      assert.isFalse(existsSync(home.database))
      const other = yield* init("ANTHROPIC_KEY=1\n")
      assert.include(other.stderr, "line 1: ANTHROPIC_KEY is not asked for")
    })
  )
})

describe("a passphrase", () => {
  it.live("that is missing, short, or new for a script", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const none = yield* secret(home, ["set", "SOME_KEY"], { stdin: "v", env: {} })
      assert.strictEqual(none.code, 4)
      assert.include(none.stderr, "There is no vault yet")
      const short = yield* secret(home, ["set", "SOME_KEY"], {
        stdin: "v",
        env: { BLUFIO_PASSPHRASE: "a" }
      })
      assert.strictEqual(short.code, 0)
      assert.include(short.stderr, "This passphrase has 1 character:")
      const change = (stdin: string, env: Readonly<Record<string, string>>) =>
        secret(home, ["passphrase"], { stdin, env })
      const without = yield* change("", { BLUFIO_PASSPHRASE: "a" })
      assert.strictEqual(without.code, 2)
      assert.include(without.stderr, "No new passphrase was given")
      assert.notInclude(without.stderr, "locked")
      const changed = yield* change(`${passphrase}\n`, { BLUFIO_PASSPHRASE: "a" })
      assert.strictEqual(changed.code, 0, changed.stderr)
      assert.notInclude(changed.stderr, "This passphrase has")
      assert.strictEqual((yield* secret(home, ["set", "SOME_KEY"], { stdin: "v" })).code, 0)
      const locked = yield* secret(home, ["set", "SOME_KEY"], { stdin: "v", env: {} })
      assert.include(locked.stderr, "The vault is locked")
    })
  )
})

describe("what is missing", () => {
  it.live(
    "is told as it is: no key stored, or a key in a locked vault; exit codes say so too",
    () =>
      Effect.gen(function* () {
        const { anthropic, home } = yield* makeKeyless()
        yield* fill(home, { SOME_KEY: "some value" })
        const first = yield* serve({ home })
        assert.match(
          first.stdout(),
          /model .*no key is stored: blufio secret set ANTHROPIC_API_KEY/
        )
        assert.match(first.stdout(), /telegram {2}off; get a token/)
        assert.match(first.stdout(), /vault {5}locked, 1 secret\n/)
        yield* first.kill("SIGTERM")
        yield* fill(home, { ANTHROPIC_API_KEY: anthropic.key, TELEGRAM_BOT_TOKEN: "1:token" })
        const second = yield* serve({ home })
        assert.match(second.stdout(), /model .*the vault that holds its key is locked/)
        assert.match(second.stdout(), /telegram {2}off; its token is in the locked vault/)
        const shell = (stdin: string, env = {}) => command({ home, args: ["shell"], stdin, env })
        assert.strictEqual((yield* shell("Hello\n")).code, 4)
        assert.strictEqual((yield* shell("/status\n")).code, 0)
        yield* second.kill("SIGTERM")
        assert.strictEqual((yield* shell("Hello\n")).code, 4, "without a daemon too")
        yield* fill(home, { ANTHROPIC_API_KEY: "sk-ant-api03-an-old-one-that-is-refused" })
        const refused = yield* shell("Hello\n", unlocked)
        assert.strictEqual(refused.code, 1)
        const list = yield* cli(home, "session", "list", "--json")
        const shown = yield* cli(home, "session", "show", decodeJson(list.stdout)[0].id)
        assert.notInclude(shown.stdout, "AiError")
        assert.match(shown.stdout, /the model failed/)
        const wrong = { BLUFIO_PASSPHRASE: "wrong horse" }
        yield* secret(home, ["set", "SOME_KEY"], { stdin: "v", env: wrong })
        const tail = yield* cli(home, "audit", "tail")
        assert.include(tail.stdout, "why=wrong passphrase")
        assert.notMatch(tail.stdout, /secret\.set +daemon/)
      })
  )

  it.live("is told once: a damaged secret in the log, its name in the banner", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* makeKeyless()
      yield* fill(home, { ANTHROPIC_API_KEY: anthropic.key, TELEGRAM_BOT_TOKEN: "1:token" })
      tamper(home, "UPDATE secrets SET version = 7 WHERE name = 'TELEGRAM_BOT_TOKEN'")
      const daemon = yield* serve({ home, env: unlocked })
      const said = `${daemon.stdout()}${daemon.stderr()}`
      assert.lengthOf(said.match(/TELEGRAM_BOT_TOKEN was changed outside/g)!, 1)
      assert.match(daemon.stdout(), /2 secrets, damaged: TELEGRAM_BOT_TOKEN/)
    })
  )

  it.live("is where the settings pin the demo, said by secret set and the banner", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* makeKeyless(`[provider]\ndefault = "demo"\n`)
      const set = yield* secret(home, ["set", "ANTHROPIC_API_KEY"], { stdin: anthropic.key })
      const file = join(home.dir, "blufio.toml")
      assert.include(set.stdout, `take provider.default = "demo" out of ${file}`)
      const daemon = yield* serve({ home, env: unlocked })
      assert.match(
        daemon.stdout(),
        /model .*for a real one: take provider\.default = "demo" out of/
      )
    })
  )

  it.live("on the command line is listed; help is help", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const { code, stderr } = yield* cli(home, "key", "create", "x")
      assert.strictEqual(code, 2)
      assert.include(stderr, "chat, read, admin, metrics, mcp")
      const help = yield* cli(home, "help")
      assert.strictEqual(help.code, 0)
      assert.include(help.stdout, "SUBCOMMANDS")
      assert.notInclude(help.stdout, "--wizard")
    })
  )
})
