// SPDX-License-Identifier: MIT OR Apache-2.0
/** A tool that the prompt only names runs under its own name: in the journal, the audit and what is shown. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Part, ToolCall } from "../../src/domain/Message.ts"
import * as NodeKeyedHash from "../../src/layers/NodeKeyedHash.ts"
import { Audit } from "../../src/services/Audit.ts"
import { Journal } from "../../src/services/Journal.ts"
import { Redactor } from "../../src/services/Redactor.ts"
import { Settings } from "../../src/services/Settings.ts"
import { Transactions } from "../../src/services/Store.ts"
import { define, Toolbox } from "../../src/services/Toolbox.ts"
import type { Live } from "../../src/services/turn/Live.ts"
import { Replies } from "../../src/services/turn/Replies.ts"
import { ToolSteps } from "../../src/services/turn/ToolSteps.ts"
import { toolContext } from "../support/toolContext.ts"

const { chat, turn } = toolContext

const pay = define({
  name: "pay",
  description: "Pays.",
  parameters: Schema.Struct({ amount: Schema.Finite }),
  idempotent: false,
  trusted: false,
  deferred: true,
  run: ({ amount }) => Effect.succeed(`paid ${amount}. ${"and more ".repeat(amount)}`)
})

/** Runs one call and answers with all that was written down of it. */
const carryOut = Effect.fnUntraced(function* (name: string, params: Schema.Json, window = 180_000) {
  const steps: Array<{ readonly name: string; readonly idempotent: boolean }> = []
  const audited: Array<string> = []
  const shown: Array<string> = []
  const parts: Array<Part> = []
  const live = {
    address: { session: turn.session, turn: turn.id, chat, inReplyTo: [] },
    tool: (tool: string, state: string) => Effect.sync(() => void shown.push(`${tool} ${state}`))
  } as Partial<Live> as Live
  const call: ToolCall = { _tag: "ToolCall", origin: "model", trusted: true, id: "c", name, params }
  const layer = ToolSteps.layer.pipe(
    Layer.provide([
      Layer.mock(Audit, {
        record: ({ subject }) => Effect.sync(() => void audited.push(subject))
      }),
      Layer.mock(Journal, {
        loseStartedSteps: () => Effect.void,
        enter: () => Effect.void,
        endStep: () => Effect.void,
        startStep: (step) => Effect.sync(() => steps.push(step)),
        append: (entry) => Effect.sync(() => void parts.push(...entry.parts))
      }),
      Redactor.layer.pipe(Layer.provide(NodeKeyedHash.layer)),
      Layer.mock(Replies, {}),
      Layer.succeed(Toolbox, Toolbox.fromList([pay])),
      Layer.succeed(Transactions, { atomically: (effect) => effect as never }),
      Settings.layerFrom({ context: { window_tokens: window } })
    ])
  )
  yield* Effect.flatMap(ToolSteps, (tools) => tools.run(turn, live, call)).pipe(
    Effect.provide(layer)
  )
  return { steps, audited, shown, parts }
})

const use = { name: "pay", params: { amount: 7 } }

describe("ToolSteps", () => {
  it.effect.each([
    ["use_tool", use],
    ["pay", { amount: 7 }]
  ] as const)("%s carries out the tool itself", ([name, params]) =>
    Effect.gen(function* () {
      const { audited, parts, shown, steps } = yield* carryOut(name, params)
      assert.deepInclude(steps[0], { name: "pay", idempotent: false })
      assert.deepEqual(audited, ["pay"])
      assert.deepEqual(shown, ["pay started", "pay finished"])
      const [result] = parts
      assert.deepInclude(result, { _tag: "ToolResult", id: "c", trusted: false, isFailure: false })
      assert.isTrue(result?._tag === "ToolResult" && result.text.startsWith("paid 7."))
    })
  )

  it.effect("what does not exist is said to the model", () =>
    Effect.gen(function* () {
      const { parts } = yield* carryOut("use_tool", { name: "fly", params: {} })
      assert.deepInclude(parts[0], { isFailure: true, text: "There is no tool named fly." })
    })
  )

  it.effect("an answer has a share of the window, and says what was cut", () =>
    Effect.gen(function* () {
      const { parts } = yield* carryOut("pay", { amount: 5000 }, 2000)
      const text = parts[0]?._tag === "ToolResult" ? parts[0].text : ""
      assert.isBelow(text.length, 1500)
      assert.match(text, /\[cut: \d+ characters more\]$/)
    })
  )
})
