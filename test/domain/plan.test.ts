// SPDX-License-Identifier: MIT OR Apache-2.0
/** What comes next is read off the journal alone. */
import { assert, describe, it } from "@effect/vitest"
import { TurnId } from "../../src/domain/Ids.ts"
import { type Part, personText, type ToolCall } from "../../src/domain/Message.ts"
import { plan, spoken } from "../../src/domain/plan.ts"
import type { Question, Step } from "../../src/domain/Turn.ts"

const byModel = { origin: "model", trusted: true } as const
const said = (text: string): Part => ({ _tag: "Text", ...byModel, text })
const call = (id: string): ToolCall => ({
  _tag: "ToolCall",
  ...byModel,
  id,
  name: "tool",
  params: {}
})
const result = (id: string): Part => ({
  _tag: "ToolResult",
  origin: "tool",
  trusted: false,
  id,
  name: "tool",
  isFailure: false,
  text: "done"
})
const user = { role: "user" as const, parts: [personText("Hello")] }
const assistant = (...parts: ReadonlyArray<Part>) => ({ role: "assistant" as const, parts })
const tool = (...ids: ReadonlyArray<string>) => ({ role: "tool" as const, parts: ids.map(result) })

const step = (change: Partial<Step>): Step => ({
  id: 1,
  turn: TurnId.make("turn"),
  kind: "model",
  name: "model",
  callId: "",
  idempotent: true,
  state: "finished",
  outcome: "stop",
  startedAt: 0,
  finishedAt: 0,
  ...change
})
const toolStep = (change: Partial<Step>) =>
  step({ kind: "tool", name: "tool", callId: "a", id: 2, ...change })
const asking = (answer: Question["answer"], about = 2): Question => ({
  _tag: "UnclearTool",
  step: about,
  callId: "a",
  tool: "tool",
  answer
})
const unclear = toolStep({ state: "started", idempotent: false })

describe("plan", () => {
  it("asks the model first, and again when its step left nothing", () => {
    assert.deepEqual(plan([user], [], null), { _tag: "CallModel" })
    assert.deepEqual(plan([user], [step({ state: "started" })], null), { _tag: "CallModel" })
  })

  it("responds with all that was said, once nothing is open", () => {
    const transcript = [
      user,
      assistant(said("One."), call("a")),
      tool("a"),
      assistant(said("Two."))
    ]
    assert.deepEqual(plan(transcript, [step({})], null), { _tag: "Respond", text: "One.\n\nTwo." })
    assert.strictEqual(spoken(transcript), "One.\n\nTwo.")
    assert.deepEqual(plan([user, assistant()], [step({})], null), { _tag: "Respond", text: "" })
  })

  it("runs open calls one after the other, then asks the model", () => {
    const both = assistant(call("a"), call("b"))
    assert.deepInclude(plan([user, both], [], null), { _tag: "RunTool", call: call("a") })
    assert.deepInclude(plan([user, both, tool("a")], [], null), {
      _tag: "RunTool",
      call: call("b")
    })
    assert.deepEqual(plan([user, both, tool("a"), tool("b")], [], null), { _tag: "CallModel" })
  })

  it("asks the model again after a pause", () => {
    const transcript = [user, assistant(said("Thinking on."))]
    assert.deepEqual(plan(transcript, [step({ outcome: "pause" })], null), { _tag: "CallModel" })
  })

  it("runs again what is idempotent, and asks about what is not", () => {
    const transcript = [user, assistant(call("a"))]
    const again = toolStep({ state: "started", idempotent: true })
    assert.deepInclude(plan(transcript, [again], null), { _tag: "RunTool" })
    assert.deepInclude(plan(transcript, [unclear], null), { _tag: "AskPerson", step: unclear })
    const lost = toolStep({ state: "lost", idempotent: false })
    assert.deepInclude(plan(transcript, [lost], null), { _tag: "RunTool" })
  })

  it("does what the person said, and only about the step that was asked about", () => {
    const transcript = [user, assistant(call("a"))]
    const next = (question: Question) => plan(transcript, [unclear], question)._tag
    assert.strictEqual(next(asking("approve")), "RunTool")
    assert.strictEqual(next(asking("deny")), "SkipTool")
    assert.strictEqual(next(asking("expired")), "SkipTool")
    assert.strictEqual(next(asking(null)), "AskPerson")
    assert.strictEqual(next(asking("approve", 1)), "AskPerson")
  })
})
