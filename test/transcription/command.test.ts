// SPDX-License-Identifier: MIT OR Apache-2.0
/** `transcription.command`: what the program gets, and whatever it may do instead of its work. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import { chmodSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { env, kill } from "node:process"
import { directory, hook, recording, script } from "./support.ts"

const looking = Schedule.spaced("10 millis")
const eventually = (look: () => boolean) =>
  Effect.sync(look).pipe(Effect.repeat({ schedule: looking, until: (found) => found }))

const lives = (pid: number) => {
  try {
    kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

/** What the hook of these lines says to a recording. */
const heard = Effect.fnUntraced(function* (lines: string) {
  const dir = yield* directory
  const { transcribe } = yield* hook({ command: [script(dir, lines)], timeout: "20 seconds" })
  return yield* transcribe(recording(dir))
})
const failure = (lines: string) => Effect.flip(heard(lines))

describe("transcription.command", () => {
  it.live(
    "gets the recording's path last, after what the owner wrote, and no shell in between",
    () =>
      Effect.gen(function* () {
        const dir = yield* directory
        const program = script(dir, 'printf "%s|" "$#" "$@"')
        const { setupHint, transcribe } = yield* hook({
          command: [program, "-l", "$HOME; exit 3"]
        })
        assert.isTrue(Option.isNone(setupHint))
        const { mediaType, path } = recording(dir)
        assert.strictEqual(yield* transcribe({ path, mediaType }), `3|-l|$HOME; exit 3|${path}|`)
      })
  )

  it.live("gets PATH, HOME and LANG, and nothing else of our environment", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      const environment = {
        PATH: env["PATH"] ?? "",
        HOME: "/home/ada",
        LANG: "de_DE.UTF-8",
        TELEGRAM_BOT_TOKEN: "1:secret",
        ANTHROPIC_API_KEY: "sk-ant-secret",
        BLUFIO_PASSPHRASE: "secret"
      }
      const { transcribe } = yield* hook({ command: [script(dir, "env")] }, { environment })
      const names = (yield* transcribe(recording(dir)))
        .split("\n")
        .map((line) => line.split("=")[0])
        // What the shell itself adds.
        .filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name ?? ""))
      assert.sameMembers(names, ["PATH", "HOME", "LANG"])
    })
  )

  it.live("answers with the text alone: trimmed, without signs that command a terminal", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* heard(String.raw`printf '\n  Grüß\033[31m dich.\n\n'`),
        "Grüß[31m dich."
      )
    })
  )

  it.live(
    "its end with a fault is told with the last line that it wrote to stderr, without secrets",
    () =>
      Effect.gen(function* () {
        const error = yield* failure(
          "echo loading >&2; echo 'no model: sk-ant-api03-0123456789abcdefghijklmnop' >&2; echo text; exit 3"
        )
        assert.strictEqual(error.why, "Exited")
        assert.match(error.message, /failed: it ended with 3: no model: /)
        assert.notInclude(error.message, "0123456789abcdef")
        assert.notInclude(error.message, "loading")
      })
  )

  it.live.each([
    ["nothing", "true", "Empty", /^Nothing was understood in it\. Send it again/],
    ["blank lines", "printf ' \\n\\n '", "Empty", /Nothing was understood/],
    ["what is no UTF-8", String.raw`printf '\377\376abc'`, "NotText", /not UTF-8/],
    ["megabytes", "yes | head -c 5000000; sleep 30", "TooMuch", /longer than 256 KiB/],
    ["a signal", "kill -9 $$", "Killed", /was killed/]
  ] as const)("%s: told", ([, lines, why, message]) =>
    Effect.gen(function* () {
      const error = yield* failure(lines)
      assert.strictEqual(error.why, why)
      assert.match(error.message, message)
    })
  )

  it.live("megabytes of complaints do not hold it up", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* heard("yes | head -c 5000000 >&2; echo fine"), "fine")
    })
  )

  it.live("a helper that it leaves behind with its output open is ended with it", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      const program = script(dir, 'sleep 60 & echo $! > "$(dirname "$0")/pid"; echo fine')
      const { transcribe } = yield* hook({ command: [program] })
      assert.strictEqual(yield* transcribe(recording(dir)), "fine")
      yield* eventually(() => !lives(Number(readFileSync(join(dir, "pid"), "utf8"))))
    })
  )

  it.live("a program that is not there, or may not be run, is named", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      const missing = yield* hook({ command: ["blufio-no-such-program", "-x"] })
      const error = yield* Effect.flip(missing.transcribe(recording(dir)))
      assert.strictEqual(error.why, "NotFound")
      assert.match(error.message, /not found: blufio-no-such-program\. Install it/)
      const program = script(dir, "echo fine")
      chmodSync(program, 0o644)
      const locked = yield* hook({ command: [program] })
      const other = yield* Effect.flip(locked.transcribe(recording(dir)))
      assert.strictEqual(other.why, "NotExecutable")
    })
  )

  const hangs = 'cd "$(dirname "$0")"; sleep 60 & echo $! > child; echo $$ > parent; wait'
  const pids = (dir: string) =>
    ["parent", "child"].map((name) => Number(readFileSync(join(dir, name), "utf8")))

  it.live("is ended with all that it started when its time is over", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      const { transcribe } = yield* hook({ command: [script(dir, hangs)], timeout: "300 millis" })
      const error = yield* Effect.flip(transcribe(recording(dir)))
      assert.strictEqual(error.why, "TimedOut")
      assert.match(error.message, /within 300 milliseconds \(transcription\.timeout\)/)
      yield* eventually(() => !pids(dir).some(lives))
    })
  )

  it.live("is ended with all that it started when it is interrupted", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      const { transcribe } = yield* hook({ command: [script(dir, hangs)] })
      const fiber = yield* Effect.forkChild(transcribe(recording(dir)))
      yield* eventually(() => existsSync(join(dir, "parent")) && pids(dir).every(lives))
      yield* Fiber.interrupt(fiber)
      yield* eventually(() => !pids(dir).some(lives))
    })
  )

  it.live("runs at most twice at a time", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      const lines = 'cd "$(dirname "$0")"; touch run.$$; ls run.* | wc -l; sleep 0.1; rm run.$$'
      const { transcribe } = yield* hook({ command: [script(dir, lines)] })
      const counts = yield* Effect.all(
        Array.from({ length: 6 }, () => transcribe(recording(dir))),
        { concurrency: "unbounded" }
      )
      assert.isAtMost(Math.max(...counts.map(Number)), 2)
    })
  )
})

describe("without a hook", () => {
  it.live("people hear which keys to set, where, and that a restart is needed", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      const { setupHint, transcribe } = yield* hook({}, { config: "/etc/blufio/blufio.toml" })
      const { message } = yield* Effect.flip(transcribe(recording(dir)))
      assert.deepEqual(setupHint, Option.some(message))
      for (const part of [
        "/etc/blufio/blufio.toml",
        "restart",
        "[transcription]",
        "command =",
        "url ="
      ])
        assert.include(message, part)
    })
  )
})
