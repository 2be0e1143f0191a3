// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a person meets at the prompts: pasting, giving up, a wrong passphrase, an environment that says otherwise. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Home, serve } from "../support/Blufio.ts"
import { onTerminal } from "../support/terminal.ts"
import { fill, makeKeyless, passphrase, readColumn, secret, unlocked } from "./support.ts"

const value = "canary-value-7Yq2LmX9vT4"

/** The screen, its program begun in a shell: stdin is a pipe there. */
const onPipe = (home: Home, input: string, ...args: ReadonlyArray<string>) =>
  onTerminal(home, ...args, "<", input)

describe("at the prompts of secret", () => {
  it.live("lines that were pasted are refused, Ctrl-C is told, Enter alone is no passphrase", () =>
    Effect.gen(function* () {
      const { home } = yield* makeKeyless()
      const first = yield* onTerminal(home, "secret", "set", "SOME_KEY")
      yield* first.sees("New passphrase:")
      yield* first.type("a\r")
      yield* first.sees("Once more:")
      yield* first.type("a\r")
      yield* first.sees("This passphrase has 1 character:")
      yield* first.sees("Value of SOME_KEY")
      yield* first.type("-----BEGIN KEY-----\r\nAAAA\r\n-----END KEY-----\r\n")
      yield* first.sees("More than one line was pasted. Nothing is stored.")
      assert.strictEqual(yield* first.exited, 2)
      assert.strictEqual(readColumn(home, "SELECT count(*) FROM secrets"), 0)
      const second = yield* onTerminal(home, "secret", "set", "SOME_KEY")
      yield* second.sees("Passphrase of the vault:")
      yield* second.type("\r")
      yield* second.sees("A passphrase is needed")
      assert.strictEqual(yield* second.exited, 4)
      const third = yield* onTerminal(home, "secret", "set", "SOME_KEY")
      yield* third.sees("Passphrase of the vault:")
      yield* third.type("a\r")
      yield* third.sees("Value of SOME_KEY")
      yield* third.type("\u0003")
      yield* third.sees("Stopped by Ctrl-C.")
      assert.strictEqual(yield* third.exited, 130)
    })
  )

  it.live("the passphrase is asked for at the terminal while stdin brings the value", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* makeKeyless()
      yield* fill(home, { SOME_KEY: value })
      const file = join(home.dir, "key.txt")
      yield* Effect.sync(() => writeFileSync(file, `${anthropic.key}\n`))
      const screen = yield* onPipe(home, file, "secret", "set", "ANTHROPIC_API_KEY")
      yield* screen.sees("Passphrase of the vault:")
      yield* screen.type(`${passphrase}\r`)
      yield* screen.sees("ANTHROPIC_API_KEY is stored")
      assert.strictEqual(yield* screen.exited, 0)
      yield* Effect.sync(() => writeFileSync(file, "Hello there\n"))
      const shell = yield* onPipe(home, file, "shell")
      yield* shell.sees("Passphrase of the vault")
      yield* shell.type("wrong\r")
      yield* shell.sees("does not open the vault")
      yield* shell.sees("Passphrase of the vault")
      yield* shell.type(`${passphrase}\r`)
      yield* shell.sees("Hello there")
      assert.strictEqual(yield* shell.exited, 0)
    })
  )
})

describe("serve at a terminal", () => {
  it.live(
    "starts locked by Enter, ends with the next step after three errors, stops in words",
    () =>
      Effect.gen(function* () {
        const { home } = yield* makeKeyless()
        yield* fill(home, { SOME_KEY: value })
        const locked = yield* onTerminal(home, "serve")
        yield* locked.sees("Enter alone starts with the vault locked")
        yield* locked.type("\u0004")
        yield* locked.sees("locked, 1 secret")
        yield* locked.type("\u0003")
        assert.notInclude(yield* locked.sees("stopping: running turns may finish"), "{")
        assert.strictEqual(yield* locked.exited, 0)
        const wrong = yield* onTerminal(home, "serve")
        for (const _ of [1, 2, 3]) {
          yield* wrong.sees("Passphrase of the vault")
          yield* wrong.type("wrong\r")
          yield* wrong.sees("does not open the vault")
        }
        yield* wrong.sees("blufio secret reset")
        assert.strictEqual(yield* wrong.exited, 4)
        const shell = yield* onTerminal(home, "shell")
        yield* shell.sees("Passphrase of the vault")
        yield* shell.type("wrong\r")
        yield* shell.sees("does not open the vault")
        yield* shell.type("\r")
        yield* shell.sees("The vault is locked")
        yield* shell.sees("you> ")
      })
  )
})

describe("at the prompts of init", () => {
  it.live("a typed key is tried, whatever the environment has; the owner is named in full", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* makeKeyless()
      yield* fill(home, { ANTHROPIC_API_KEY: "sk-ant-api03-an-old-one" })
      const stale: Home = {
        ...home,
        env: { ...home.env, ANTHROPIC_API_KEY: "sk-ant-api03-stale", ...unlocked }
      }
      const screen = yield* onTerminal(stale, "init")
      yield* screen.sees("Write it anew?")
      yield* screen.type("n")
      yield* screen.sees("ANTHROPIC_API_KEY is in the vault. Give another?")
      yield* screen.type("y")
      yield* screen.sees("Anthropic API key")
      yield* screen.type(`${anthropic.key} \r`)
      yield* screen.sees("it works")
      yield* screen.sees("$ANTHROPIC_API_KEY is set in this environment")
      yield* screen.sees("Telegram bot token")
      yield* screen.type("two\rlines\r")
      yield* screen.sees("more than one line")
      yield* screen.type(`${telegram.token}\r`)
      yield* screen.sees("Now write to your bot")
      telegram.userSays(78, "Hello", {
        from: { id: 78, is_bot: false, first_name: "Ann", last_name: "Lee", username: "annlee" }
      })
      yield* screen.sees("Ann Lee (@annlee) wrote to the bot. Is that you?")
      yield* screen.type("y")
      yield* screen.sees("What to run next")
      assert.strictEqual(yield* screen.exited, 0)
    })
  )

  it.live("three refusals store nothing and are not passed over; Ctrl-C says what is kept", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* makeKeyless()
      yield* fill(home, { SOME_KEY: value })
      const known: Home = { ...home, env: { ...home.env, ...unlocked } }
      const settings = () => readFileSync(join(home.dir, "blufio.toml"), "utf8")
      const before = settings()
      const screen = yield* onTerminal(known, "init")
      yield* screen.sees("Write it anew?")
      yield* screen.type("y")
      yield* screen.sees("blufio.toml.old")
      assert.strictEqual(readFileSync(join(home.dir, "blufio.toml.old"), "utf8"), before)
      yield* screen.sees("Anthropic API key")
      yield* screen.type("\u0003")
      yield* screen.sees("What was done is kept; blufio init goes on from there.")
      assert.strictEqual(yield* screen.exited, 130)
      writeFileSync(join(home.dir, "blufio.toml"), before)
      const second = yield* onTerminal(known, "init")
      yield* second.sees("Write it anew?")
      yield* second.type("n")
      for (const _ of [1, 2, 3]) {
        yield* second.sees("Anthropic API key")
        yield* second.type("sk-ant-api03-mistyped\r")
        const shown = yield* second.sees("it was refused; it is not stored")
        assert.notInclude(shown, "blufio secret set")
      }
      yield* second.sees("left out")
      yield* second.sees("Telegram bot token")
      yield* second.type("\r")
      const rest = yield* second.sees("Not done yet: ANTHROPIC_API_KEY was refused.")
      assert.notInclude(rest, "What to run next")
      assert.strictEqual(yield* second.exited, 1)
      const { stdout } = yield* secret(home, ["list"])
      assert.notInclude(stdout, "ANTHROPIC_API_KEY")
      yield* secret(home, ["set", "ANTHROPIC_API_KEY"], { stdin: anthropic.key })
      yield* serve({ home, env: unlocked })
    })
  )
})
