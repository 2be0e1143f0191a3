// SPDX-License-Identifier: MIT OR Apache-2.0
/** The agent in this process and the strict fake vendor, on a clock that can be moved. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Options, start } from "../../test/context/agent.ts"
import * as MessagesApi from "../../test/fakes/MessagesApi.ts"
import { asked } from "../../test/support/Fakes.ts"
import { answerTokens } from "./day.ts"
import type { Label } from "../router/prompts.ts"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "blufio-cost-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** The fake counts a token for three bytes. */
const answerOf = (label: Label) => "so it is ".repeat(Math.ceil(answerTokens[label] / 3))

export interface Planned {
  readonly label: Label
  readonly tool?: { readonly name: string; readonly params: unknown }
}

const encode = (value: unknown) => JSON.stringify(value)

/** Answers each message as it was planned, by its text. */
export const make = Effect.fnUntraced(function* (
  plan: ReadonlyMap<string, Planned>,
  options: Omit<Options, "api" | "database"> = {}
) {
  const api = yield* MessagesApi.make({
    brain: (body) => {
      const { step, words } = asked(body)
      const { label, tool } = plan.get(words) ?? { label: "simple" as const }
      return tool !== undefined && step === 0
        ? MessagesApi.toolCall(tool.name, JSON.parse(encode(tool.params)))
        : MessagesApi.text(answerOf(label))
    }
  })
  const real = yield* Clock.Clock
  let offset = 0
  const millis = () => real.currentTimeMillisUnsafe() + offset
  const nanos = () => real.currentTimeNanosUnsafe() + BigInt(offset) * 1_000_000n
  const moved: Clock.Clock = {
    ...real,
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    sleep: (duration) => real.sleep(duration)
  }
  const { say } = yield* start({
    api,
    database: join(yield* directory, "blufio.db"),
    ...options
  }).pipe(Effect.provideService(Clock.Clock, moved))
  const later = (by: number) =>
    Effect.andThen(
      Effect.sync(() => {
        offset += by
      }),
      api.elapse(by)
    )
  return {
    api,
    later,
    say: (text: string, chat?: string) => Effect.provideService(say(text, chat), Clock.Clock, moved)
  }
})
