// SPDX-License-Identifier: MIT OR Apache-2.0
/** A voice message, killed at each commit: heard, shown as a transcript and answered all the same. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { text } from "../fakes/MessagesApi.ts"
import { run } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"

const killAtCommit = new URL("../support/killAtCommit.mjs", import.meta.url).pathname
const transcript = "🎤 Transcript: “Buy eggs.”"

/** One turn, killed at its n-th commit and taken up again. */
const killedAt = Effect.fnUntraced(function* (commit: number) {
  const { anthropic, home, telegram } = yield* Fakes.make(`[transcription]\ncommand = ["./hook"]`)
  const hook = join(home.dir, "hook")
  writeFileSync(hook, '#!/bin/sh\ntail -c +5 "$1"\n')
  chmodSync(hook, 0o755)
  yield* anthropic.setBrain(() => text("I see."))
  const recording = telegram.files.add(Buffer.from("OggSBuy eggs."))
  telegram.userSends(Fakes.users[0]!, { voice: { ...recording, duration: 3 } })
  const isAnswered = () => telegram.sent.some(({ text }) => text === "I see.")
  const env = { ...Fakes.oneModel(), KILL_AT_COMMIT: String(commit) }
  const first = run({ home, args: ["serve"], env, node: ["--import", killAtCommit] })
  const code = yield* Effect.raceFirst(
    first.exited,
    Effect.andThen(telegram.waitFor(isAnswered), first.kill("SIGTERM"))
  )
  const wasShown = telegram.sent.length > 0
  const second = run({ home, args: ["serve"] })
  yield* second.says(/is up/)
  yield* telegram.waitFor(isAnswered)
  assert.strictEqual(yield* second.kill("SIGTERM"), 0)
  return {
    wasKilled: code === null,
    wasShown,
    shown: telegram.sent.map(({ text }) => text)
  }
}, Effect.scoped)

/** Before that the program starts and knows of no message. */
const firstCommit = 8

describe("kill -9 around a voice message", () => {
  it.live("at every commit until its transcript is shown", () =>
    Effect.gen(function* () {
      let commit = firstCommit
      while (true) {
        const { shown, wasKilled, wasShown } = yield* killedAt(commit)
        assert.isTrue(wasKilled)
        const isDoubled = wasShown && shown.length === 3
        // Another fiber's commit may fall between Telegram's acceptance and ours: the one doubled send.
        const expected = [transcript, ...(isDoubled ? [transcript] : []), "I see."]
        assert.sameMembers([...shown], expected, `killed at commit ${commit}`)
        if (wasShown) break
        commit++
      }
      assert.isAtLeast(commit - firstCommit, 4)
    })
  )
})
