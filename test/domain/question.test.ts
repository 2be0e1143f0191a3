// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { TurnId } from "../../src/domain/Ids.ts"
import {
  choicesFor,
  isQuestionName,
  questionName,
  readPress,
  spokenOutcome,
  turnOf
} from "../../src/domain/question.ts"
import { clean } from "../../src/layers/telegram/incoming/clean.ts"
import { render } from "../../src/layers/telegram/render.ts"

const Name = Schema.Struct({
  turn: Schema.String.check(Schema.isPattern(/^[0-9a-f]{16}$/)),
  step: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 999_999_999_999_999 }))
})

describe("a question", () => {
  it.effect.prop(
    "is named by what its buttons hold, in at most 64 bytes",
    [Name],
    ([{ step, turn }]) =>
      Effect.sync(() => {
        const name = questionName(TurnId.make(turn), step)
        assert.isTrue(isQuestionName(name))
        assert.strictEqual(turnOf(name), turn)
        const commands = choicesFor(name).map(({ answer, label }) => {
          assert.isAtMost(Buffer.byteLength(answer), 64)
          assert.notStrictEqual(label, "")
          return Option.getOrThrow(readPress(answer))
        })
        assert.deepEqual(
          commands,
          ["approve", "deny", "stop"].map((word) => ({
            question: name,
            command: `/${word} ${name}`
          }))
        )
      })
  )

  it.effect.prop("is not named by anything else", [Schema.String], ([data]) =>
    Effect.sync(() => assert.isTrue(Option.isNone(readPress(data))))
  )

  const zone = DateTime.zoneMakeNamedUnsafe("Europe/Berlin")
  const at = Date.UTC(2026, 0, 15, 13, 2)

  it("says what was chosen, by whom and when, in the agent's time zone", () => {
    assert.strictEqual(
      spokenOutcome("approve", Option.some("Ada"), at, zone),
      "✅ Run again: Ada, 14:02"
    )
    assert.strictEqual(
      spokenOutcome("expired", Option.none(), at, zone),
      "⌛ Not run again, as nobody answered: 14:02"
    )
  })

  it.effect.prop("shows any name as it is", [Schema.String], ([name]) =>
    Effect.sync(() => {
      const called = clean(`x${name}x`)
      const [shown] = render(spokenOutcome("deny", Option.some(called), at, zone), "final")
      assert.include(shown!.plain, called)
      assert.notMatch(shown!.body, /<(a|b|i|s|u|code|pre|tg-spoiler|blockquote)\b/)
    })
  )
})
