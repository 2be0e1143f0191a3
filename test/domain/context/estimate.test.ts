// SPDX-License-Identifier: MIT OR Apache-2.0
/** The estimate of a prompt's size, by what is learnt of a model, against a strict count. */
import { assert, describe, it } from "@effect/vitest"
import * as Prompt from "effect/ai/Prompt"
import * as Schema from "effect/Schema"
import {
  clip,
  learn,
  promptEstimate,
  textEstimate,
  unlearnt
} from "../../../src/domain/promptEstimate.ts"
import { promptBound } from "../../../src/domain/promptBound.ts"
import { createParams } from "../../../src/layers/anthropic/Request.ts"
import { decodeMessages } from "../../fakes/messages-api/Body.ts"
import { promptTokens } from "../../fakes/messages-api/cache.ts"
import { alarm, model, weather } from "../../anthropic/support.ts"
import * as Result from "effect/Result"

const corpora = {
  English:
    "The meeting was moved to Thursday because two of the people who had asked for it were travelling, and nobody minded. ",
  German:
    "Die Besprechung wurde auf Donnerstag verschoben, weil zwei der Gäste über München fahren müssen; größere Änderungen gibt es nicht. ",
  code: "export const sum = (xs: ReadonlyArray<number>): number => {\n  let total = 0\n  for (const x of xs) total += x * 2\n  return total\n}\n",
  JSON: '{"id":4711,"tags":["a","b","c"],"nested":{"ok":true,"price":12.50,"when":"2026-11-25T19:29:03Z"}}\n',
  Chinese: "会议改到星期四举行,因为有两位要求开会的人正在旅行,没有人介意这件事。",
  emoji: "👍🎉🚲 🌧️🌈 👩‍👩‍👧 ☕🍰 "
}

const turn = (text: string, length: number) => text.repeat(Math.ceil(length / text.length))

const sized = (messages: ReadonlyArray<Prompt.MessageEncoded>) => {
  const prompt = Prompt.make(messages)
  const tools = [weather, alarm]
  const body = createParams(
    { prompt, tools, toolChoice: "auto", responseFormat: { type: "text" } },
    model,
    1000
  )
  const decoded = decodeMessages(body)
  if (Result.isFailure(decoded)) throw new Error(decoded.failure.message)
  return {
    estimate: promptEstimate(prompt, tools),
    counted: promptTokens(decoded.success),
    bound: promptBound(prompt, tools)
  }
}

describe("the estimate", () => {
  it.each(Object.entries(corpora))(
    "%s: within 15 percent after three turns, and never above the bound",
    (_, text) => {
      const messages: Array<Prompt.MessageEncoded> = [
        { role: "system", content: "You are Blufio, a personal assistant." }
      ]
      let known = unlearnt
      for (let nth = 1; nth <= 12; nth++) {
        messages.push({ role: "user", content: turn(text, 150 * nth) })
        const { bound, counted, estimate } = sized(messages)
        assert.isAtMost(counted, bound)
        const off = Math.abs(estimate * known.factor - counted) / counted
        if (nth > 3) assert.isAtMost(off, 0.15, `turn ${nth}`)
        known = learn(known, estimate, counted)
        messages.push({ role: "assistant", content: turn(text, 400) })
      }
    }
  )

  it("learns a tokenizer that counts nearly twice as much, and is not led astray by nonsense", () => {
    let known = unlearnt
    for (let nth = 0; nth < 4; nth++) known = learn(known, 1000, 1800)
    assert.isAtMost(Math.abs(known.factor - 1.8), 0.01)
    assert.deepEqual(learn(known, 1000, 0), known)
    assert.isAtMost(learn(known, 1, 1e9).factor, 3)
    for (let nth = 0; nth < 20; nth++) known = learn(known, 1000, 900)
    assert.isAtMost(Math.abs(known.factor - 0.9), 0.05)
  })

  it.prop(
    "a clipped text is a beginning of it that fits",
    [Schema.String, Schema.Int],
    ([text, n]) => {
      const tokens = Math.abs(n) % 50
      const short = clip(text, tokens)
      assert.isTrue(text.startsWith(short))
      assert.isAtMost(textEstimate(short), tokens + 1e-9)
    }
  )
})
