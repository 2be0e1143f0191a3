// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { run } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { assertAnsweredOnce, assertAtRest, assertNotAskedAgain, committedSteps } from "./audit.ts"

const killAtCommit = new URL("../support/killAtCommit.mjs", import.meta.url).pathname

/** Answers every mark that it was sent; for some of them it asks a tool first. */
const brain = (body: MessagesBody) => {
  const { step, words } = Fakes.asked(body)
  const marks = words.match(/m\d+/g) ?? []
  const wantsTool = marks.some((mark) => Number(mark.slice(1)) % 3 === 0)
  if (wantsTool && step === 0) return toolCall("calculate", { expression: `6 * ${marks.length}` })
  const reply = text(
    `Answering ${marks.map((mark) => `&lt;${mark}&gt;`).join(" ")} as well as I can.`
  )
  return { ...reply, tokenDelayMillis: 5 }
}

/** A small generator of its own, so that a seed tells the whole course of events. */
const random = (seed: number) => {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state % below
  }
}

const budget = `
[budget]
daily_usd = 1000
monthly_usd = 1000
per_turn_usd = 100
`

describe("kill -9", () => {
  it.live.each([1, 2, 3])("30 messages, killed at random moments: seed %d", (seed) =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(budget)
      yield* anthropic.setBrain(brain)
      const next = random(seed)
      const marks = Array.from({ length: 30 }, (_, index) => `m${index + 1}`)
      const waiting = [...marks]
      const said: Array<string> = []
      const say = (count: number) => {
        for (const mark of waiting.splice(0, count)) {
          telegram.userSays(Fakes.users[next(3)]!, `Please answer ${mark}`)
          said.push(mark)
        }
      }
      const isAnswered = (mark: string) =>
        telegram.sent.some((message) => message.text.includes(`<${mark}>`))
      const runs: Array<number> = []
      let committed: ReadonlySet<string> = new Set()
      let seen = 0

      while (waiting.length > 0 || !said.every(isAnswered)) {
        say(1 + next(4))
        const blufio = run({ home, args: ["serve"] })
        if (waiting.length > 0) {
          const until = telegram.calls.length + 2 + next(14)
          yield* telegram.waitFor(() => telegram.calls.length >= until || said.every(isAnswered))
          yield* blufio.kill("SIGKILL")
        } else {
          yield* telegram.waitFor(() => said.every(isAnswered))
          assert.strictEqual(yield* blufio.kill("SIGTERM"), 0)
        }
        runs.push(telegram.sent.length)
        const calls = yield* anthropic.calls
        assertNotAskedAgain(committed, calls.slice(seen))
        seen = calls.length
        committed = committedSteps(home.database)
      }
      const inDoubt = assertAnsweredOnce(home.database, telegram, marks, runs)
      assertAtRest(home.database, yield* anthropic.calls)
      yield* Effect.logInfo(`seed ${seed}: ${runs.length - 1} kills, ${inDoubt} messages in doubt`)
    })
  )

  /** One turn, killed at its n-th commit and taken up again; false when it has fewer commits. */
  const killedAt = Effect.fnUntraced(function* (commit: number) {
    const { anthropic, home, telegram } = yield* Fakes.make(budget)
    yield* anthropic.setBrain(brain)
    telegram.userSays(Fakes.users[0]!, "Please answer m3")
    const isAnswered = () => telegram.sent.some(({ text }) => text.endsWith("as I can."))
    const env = { KILL_AT_COMMIT: String(commit) }
    const first = run({ home, args: ["serve"], env, node: ["--import", killAtCommit] })
    const code = yield* Effect.raceFirst(
      first.exited,
      Effect.andThen(telegram.waitFor(isAnswered), first.kill("SIGTERM"))
    )
    const committed = committedSteps(home.database)
    const runs = [telegram.sent.length]
    const before = (yield* anthropic.calls).length
    const second = run({ home, args: ["serve"] })
    yield* second.says(/is up/)
    yield* telegram.waitFor(isAnswered)
    assert.strictEqual(yield* second.kill("SIGTERM"), 0)
    const calls = yield* anthropic.calls
    assertNotAskedAgain(committed, calls.slice(before))
    runs.push(telegram.sent.length)
    const inDoubt = assertAnsweredOnce(home.database, telegram, ["m3"], runs)
    assertAtRest(home.database, calls)
    return { wasKilled: code === null, inDoubt }
  }, Effect.scoped)

  it.live("at every commit of one turn", () =>
    Effect.gen(function* () {
      let commits = 0
      let inDoubt = 0
      while (true) {
        const course = yield* killedAt(commits + 1)
        inDoubt += course.inDoubt
        if (!course.wasKilled) break
        commits++
      }
      assert.isAtLeast(commits, 15)
      assert.isAtMost(inDoubt, 2)
      yield* Effect.logInfo(`${commits} commits, ${inDoubt} messages in doubt`)
    })
  )
})
