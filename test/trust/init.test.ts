// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio init` as a person and as a script meets it: from nothing to a reply, and again after each stop. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { command, type Home, serve } from "../support/Blufio.ts"
import { onTerminal } from "../support/terminal.ts"
import { decodeJson, filesOf, makeKeyless, passphrase, secret, unlocked } from "./support.ts"

/** A home without a `blufio.toml`: the fakes' addresses come from the environment. */
const fromNothing = Effect.gen(function* () {
  const fakes = yield* makeKeyless()
  const { anthropic, home, telegram } = fakes
  const { dir } = home
  const env = {
    ...home.env,
    BLUFIO__PROVIDER__ANTHROPIC__BASE_URL: anthropic.url,
    BLUFIO__TELEGRAM__API_ROOT: telegram.url,
    BLUFIO__TELEGRAM__POLL_TIMEOUT: "5 seconds",
    BLUFIO_CONFIG: join(dir, "config/blufio/blufio.toml")
  }
  return { ...fakes, home: { ...home, env }, config: env.BLUFIO_CONFIG }
})

const init = (
  home: Home,
  env: Readonly<Record<string, string>>,
  stdin = "",
  ...args: ReadonlyArray<string>
) => command({ home, args: ["init", "--non-interactive", "--json", ...args], env, stdin })

const others = (token: string) => ({
  TELEGRAM_BOT_TOKEN: token,
  ANTHROPIC_API_KEY: "sk-ant-api03-of-another"
})

const namesIn = (home: Home) =>
  Effect.map(secret(home, ["list", "--json"]), ({ stdout }) =>
    (decodeJson(stdout) as ReadonlyArray<{ name: string }>).map(({ name }) => name)
  )

describe("init for a script", () => {
  it.live("takes keys from the environment and from stdin; a second run changes nothing", () =>
    Effect.gen(function* () {
      const { anthropic, config, home, telegram } = yield* fromNothing
      const first = yield* init(
        home,
        { ...unlocked, ANTHROPIC_API_KEY: anthropic.key },
        `TELEGRAM_BOT_TOKEN=${telegram.token}\n`
      )
      assert.strictEqual(first.code, 0, first.stderr)
      const told = decodeJson(first.stdout)
      assert.strictEqual(told.anthropic_key, "works")
      assert.strictEqual(told.telegram_token, "works")
      assert.strictEqual(told.config, config)
      assert.deepEqual(yield* namesIn(home), ["ANTHROPIC_API_KEY", "TELEGRAM_BOT_TOKEN"])
      const deviceKey = join(dirname(home.database), "device.key")
      assert.strictEqual(statSync(deviceKey).mode & 0o777, 0o600)
      const [call] = yield* anthropic.calls
      assert.strictEqual((call!.body as { max_tokens: number }).max_tokens, 1)
      assert.isTrue(readFileSync(config, "utf8").startsWith("#"))
      writeFileSync(config, `${readFileSync(config, "utf8")}# mine\n`)
      const before = { config: readFileSync(config, "utf8"), key: readFileSync(deviceKey) }
      const second = yield* init(home, { ...unlocked, ANTHROPIC_API_KEY: "sk-ant-api03-other" })
      assert.strictEqual(decodeJson(second.stdout).device, told.device)
      assert.deepEqual(
        { config: readFileSync(config, "utf8"), key: readFileSync(deviceKey) },
        before
      )
      const listed = yield* secret(home, ["list", "--json"])
      assert.notInclude(listed.stdout, "version")
      for (const text of Object.values(filesOf(home)))
        for (const value of [anthropic.key, telegram.token, passphrase])
          assert.isFalse(text.includes(value))
      yield* serve({ home, env: unlocked })
    })
  )

  it.live("says what is missing, and goes on from there", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* fromNothing
      const without = yield* init(home, { ANTHROPIC_API_KEY: anthropic.key })
      assert.strictEqual(without.code, 4)
      assert.include(without.stderr, "passphrase")
      const refused = yield* init(home, {
        ...unlocked,
        ANTHROPIC_API_KEY: "sk-ant-api03-mistyped-and-refused"
      })
      assert.strictEqual(refused.code, 1)
      assert.strictEqual(decodeJson(refused.stdout).anthropic_key, "refused")
      assert.notInclude(refused.stderr, "mistyped")
      assert.strictEqual((yield* init(home, { BLUFIO_PASSPHRASE: "wrong" })).code, 4)
      const set = yield* secret(home, ["set", "ANTHROPIC_API_KEY"], { stdin: anthropic.key })
      assert.strictEqual(set.code, 0)
      const done = yield* init(home, unlocked)
      assert.strictEqual(done.code, 0, done.stderr)
      assert.strictEqual(decodeJson(done.stdout).anthropic_key, "works")
      assert.strictEqual(decodeJson(done.stdout).telegram_token, "absent")
    })
  )

  it.live("tries a key before it is stored: a refused one replaces nothing", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* fromNothing
      const refused = yield* init(home, { ...unlocked, ANTHROPIC_API_KEY: "sk-ant-api03-mistyped" })
      assert.strictEqual(refused.code, 1)
      assert.deepEqual(yield* namesIn(home), [])
      assert.include(refused.stderr, "it is not stored")
      assert.notInclude(refused.stderr, "What to run next")
      assert.include(refused.stderr, "Not done yet: ANTHROPIC_API_KEY was refused")
      yield* secret(home, ["set", "TELEGRAM_BOT_TOKEN"], { stdin: "1:refused" })
      yield* secret(home, ["set", "ANTHROPIC_API_KEY"], { stdin: anthropic.key })
      const mended = yield* init(home, { ...unlocked, ...others(telegram.token) })
      assert.strictEqual(mended.code, 0, mended.stderr)
      assert.strictEqual(decodeJson(mended.stdout).telegram_token, "works")
      assert.include(
        mended.stderr,
        "$ANTHROPIC_API_KEY is set in this environment, to another value"
      )
      assert.notInclude(mended.stderr, "$TELEGRAM_BOT_TOKEN is set")
      // What was tried is what the vault holds: nothing of the environment is needed.
      const again = yield* init(home, unlocked)
      assert.strictEqual(again.code, 0, again.stderr)
      assert.strictEqual(decodeJson(again.stdout).telegram_token, "works")
    })
  )

  it.live("changes nothing while Blufio runs, and keeps the settings that were there", () =>
    Effect.gen(function* () {
      const { anthropic, config, home } = yield* fromNothing
      assert.strictEqual((yield* init(home, unlocked)).code, 0)
      const before = readFileSync(config, "utf8")
      assert.include(before, 'default = "demo"')
      const daemon = yield* serve({ home, env: unlocked })
      const running = yield* init(home, { ...unlocked, ANTHROPIC_API_KEY: anthropic.key })
      assert.strictEqual(running.code, 1)
      assert.include(running.stderr, "Blufio is running")
      assert.strictEqual(readFileSync(config, "utf8"), before)
      yield* daemon.kill("SIGTERM")
      const done = yield* init(home, { ...unlocked }, `ANTHROPIC_API_KEY=${anthropic.key}`)
      assert.strictEqual(done.code, 0, done.stderr)
      assert.notInclude(readFileSync(config, "utf8"), "demo")
      assert.strictEqual(readFileSync(`${config}.old`, "utf8"), before)
      const up = yield* serve({ home, env: unlocked })
      assert.match(up.stdout(), /model .*anthropic/)
    })
  )

  it.live("without any key sets the demo, which answers at once", () =>
    Effect.gen(function* () {
      const { config, home } = yield* fromNothing
      assert.strictEqual((yield* init(home, unlocked)).code, 0)
      assert.match(readFileSync(config, "utf8"), /default = "demo"/)
      const valid = yield* command({ home, args: ["config", "validate"] })
      assert.strictEqual(valid.code, 0, valid.stderr)
      const talk = yield* command({ home, args: ["shell"], env: unlocked, stdin: "Hello\n" })
      assert.isAbove(talk.stdout.length, 10)
      const other = join(home.dir, "elsewhere.toml")
      const elsewhere = yield* init(home, unlocked, "", "--config", other)
      assert.strictEqual(elsewhere.code, 0, elsewhere.stderr)
      assert.isTrue(existsSync(other))
      assert.isFalse(readdirSync(home.dir).some((name) => name.endsWith(".new")))
    })
  )
})

describe("init for a person", () => {
  it.live("asks, tries what it is told, finds who owns the bot; the first reply follows", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* fromNothing
      const screen = yield* onTerminal(home, "init")
      yield* screen.sees("New passphrase:")
      yield* screen.type(`${passphrase}\r`)
      assert.notInclude(yield* screen.sees("Once more:"), passphrase)
      yield* screen.type("something else\r")
      yield* screen.sees("not the same")
      yield* screen.sees("New passphrase:")
      yield* screen.type(`${passphrase}\r`)
      yield* screen.sees("Once more:")
      yield* screen.type(`${passphrase}\r`)
      yield* screen.sees("Anthropic API key")
      yield* screen.type("sk-ant-api03-mistyped\r")
      assert.notInclude(yield* screen.sees("refused"), "mistyped")
      yield* screen.sees("Anthropic API key")
      yield* screen.type(`${anthropic.key}\r`)
      yield* screen.sees("it works")
      yield* screen.sees("Telegram bot token")
      yield* screen.type(`${telegram.token}\r`)
      yield* screen.sees("Now write to your bot")
      telegram.userSays(77, "Hello, it is me")
      yield* screen.sees("User 77 wrote to the bot. Is that you?")
      yield* screen.type("y")
      yield* screen.sees("is the owner")
      yield* screen.sees("What to run next")
      assert.strictEqual(yield* screen.exited, 0)
      yield* serve({ home, env: unlocked })
      // What is shown first is a draft that grows.
      const words = "Hello, it is me"
      yield* telegram.waitFor(() => telegram.shownIn(77).find((text) => text.includes(words)))
    })
  )

  it.live("that is broken off has kept what was done, and asks for the rest only", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* fromNothing
      const first = yield* onTerminal(home, "init")
      yield* first.sees("New passphrase:")
      yield* first.type(`${passphrase}\r`)
      yield* first.sees("Once more:")
      yield* first.type(`${passphrase}\r`)
      yield* first.sees("Anthropic API key")
      yield* first.type(`${anthropic.key}\r`)
      yield* first.sees("Telegram bot token")
      yield* first.kill
      const second = yield* onTerminal(home, "init")
      yield* second.sees("Write it anew?")
      yield* second.type("n")
      yield* second.sees("Passphrase of the vault:")
      yield* second.type(`${passphrase}\r`)
      const shown = yield* second.sees("ANTHROPIC_API_KEY is in the vault. Give another?")
      assert.notInclude(shown, passphrase)
      yield* second.type("n")
      yield* second.sees("it works")
      yield* second.sees("Telegram bot token")
      yield* second.type(`${telegram.token}\r`)
      yield* second.sees("Now write to your bot")
      yield* second.type("\u0003")
      yield* second.exited
      assert.deepEqual(yield* namesIn(home), ["ANTHROPIC_API_KEY", "TELEGRAM_BOT_TOKEN"])
    })
  )
})
