// SPDX-License-Identifier: MIT OR Apache-2.0
/** Tools that are too many for the prompt are told of in one line each, and can be used all the same. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { deferredNames, type Disclosable } from "../../../src/domain/context/disclose.ts"
import { define, Toolbox } from "../../../src/services/Toolbox.ts"
import { toolContext } from "../../support/toolContext.ts"

const tool = (name: string, tokens: number, change: Partial<Disclosable> = {}): Disclosable => ({
  name,
  description: "",
  tokens,
  deferred: false,
  core: false,
  ...change
})

const wordy = (name: string, length: number) =>
  define({
    name,
    description: `Does ${name}. ${"And then some more of it. ".repeat(length)}`,
    parameters: Schema.Struct({ amount: Schema.Finite }),
    idempotent: name !== "pay",
    trusted: true,
    run: ({ amount }) => Effect.succeed(`${name} ${amount}`)
  })

describe("disclosure", () => {
  it("puts off what was declared so, then the largest, never the core, whatever their order", () => {
    const tools = [
      tool("a", 300),
      tool("b", 500),
      tool("c", 400, { core: true }),
      tool("d", 100, { deferred: true }),
      tool("e", 200)
    ]
    assert.deepEqual([...deferredNames(tools)].toSorted(), ["b", "d"])
    assert.deepEqual([...deferredNames(tools.toReversed())].toSorted(), ["b", "d"])
    assert.deepEqual([...deferredNames([tool("a", 450), tool("b", 450)])], [])
    assert.deepEqual([...deferredNames([tool("b", 500), tool("a", 500)])], ["a"])
  })

  it("nothing put off: no index, no tools for it", () => {
    const toolbox = Toolbox.fromList([wordy("one", 1)])
    assert.strictEqual(toolbox.index, "")
    assert.deepEqual(
      toolbox.visible.map(({ tool }) => tool.name),
      ["one"]
    )
  })

  it.effect("an index of one line each, help on demand, and use by either way", () =>
    Effect.gen(function* () {
      const toolbox = Toolbox.fromList([wordy("pay", 60), wordy("walk", 80), wordy("nod", 2)])
      assert.deepEqual(
        toolbox.visible.map(({ tool }) => tool.name),
        ["nod", "pay", "tool_help", "use_tool"]
      )
      assert.strictEqual(toolbox.index, "- walk: Does walk.")
      const help = Option.getOrThrow(toolbox.find("tool_help"))
      assert.match(yield* help.run({ name: "walk" }, toolContext), /^walk: Does walk\..*"amount"/s)
      const used = toolbox.resolve({
        name: "use_tool",
        params: { name: "walk", params: { amount: 2 } }
      })
      assert.strictEqual(used.name, "walk")
      assert.strictEqual(
        yield* Option.getOrThrow(used.definition).run(used.params, toolContext),
        "walk 2"
      )
      assert.strictEqual(toolbox.resolve({ name: "walk", params: {} }).name, "walk")
      const paid = toolbox.resolve({ name: "use_tool", params: { name: "pay", params: {} } })
      assert.isFalse(Option.getOrThrow(paid.definition).idempotent)
      const nonsense = toolbox.resolve({ name: "use_tool", params: 7 })
      assert.strictEqual(nonsense.name, "use_tool")
    })
  )
})
