// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a shell shows: every message once and in full, whatever order its pieces arrive in. */
import { assert, describe, it } from "@effect/vitest"
import type { WatchEvent } from "../../src/api/schemas.ts"
import { narrate, silence } from "../../src/cli/shell/narrate.ts"

/** Asides in angle brackets. */
const shown = (...events: ReadonlyArray<WatchEvent>) => {
  let narration = silence
  let screen = ""
  for (const event of events) {
    const [next, pieces] = narrate(narration, event)
    narration = next
    screen += pieces.map(({ dim, text }) => (dim ? `<${text}>` : text)).join("")
  }
  assert.strictEqual(narration.midLine, screen !== "" && !/\n>?$/.test(screen))
  return screen
}

const delta = (text: string): WatchEvent => ({ _tag: "delta", text })
const message = (text: string): WatchEvent => ({ _tag: "message", text })
const thinking = (text: string): WatchEvent => ({ _tag: "thinking", text })
const tool = (state: string): WatchEvent => ({ _tag: "tool", name: "wait", state })
const retrying: WatchEvent = { _tag: "retrying", cause: "the model is busy", after_ms: 2000 }
const idle: WatchEvent = { _tag: "idle" }

describe("the shell's screen", () => {
  it.each<[string, ReadonlyArray<WatchEvent>, string]>([
    ["a message alone", [message("Hello.")], "Hello.\n"],
    ["a streamed reply", [delta("Hel"), delta("lo."), message("Hello."), idle], "Hello.\n"],
    ["a reply streamed in part", [delta("Hel"), message("Hello."), idle], "Hello.\n"],
    ["the end before the message", [delta("Hel"), idle, message("Hello.")], "Hello.\n"],
    [
      "a message before its deltas",
      [message("Hello."), delta("Hel"), delta("lo."), idle],
      "Hello.\n"
    ],
    [
      "a message amid its deltas",
      [delta("He"), message("Hello."), delta("llo"), delta("."), idle, delta("Next")],
      "Hello.\nNext"
    ],
    ["space at the end", [delta("Hello.\n\n"), message("Hello.")], "Hello.\n\n"],
    ["two messages", [message("One."), idle, message("Two."), idle], "One.\nTwo.\n"],
    [
      "a message that is another one",
      [delta("I think"), message("Stopped."), idle],
      "I think\nStopped.\n"
    ],
    [
      "a command answered while a reply streams",
      [delta("One "), message("All is well."), idle, delta("two"), message("One two."), idle],
      "One \nAll is well.\ntwo.\n"
    ],
    [
      "a reply that was given up, and the next one",
      [delta("Lost"), idle, delta("Found"), message("Found."), idle, message("Lost")],
      "LostFound.\nLost\n"
    ],
    [
      "thinking apart from the reply",
      [thinking("Hm"), thinking(" …"), delta("Yes"), message("Yes."), idle],
      "<Hm>< …>\nYes.\n"
    ],
    ["thinking, then a message without deltas", [thinking("Hm"), message("Yes.")], "<Hm>\nYes.\n"],
    [
      "tools between steps",
      [
        delta("Wait."),
        tool("started"),
        tool("finished"),
        delta("\n\nDone."),
        message("Wait.\n\nDone."),
        idle
      ],
      "Wait.<\n[tool wait …]\n>Done.\n"
    ],
    [
      "a tool that fails",
      [tool("started"), tool("failed")],
      "<[tool wait …]\n><[tool wait failed]\n>"
    ],
    [
      "a step that is tried again",
      [delta("A"), tool("started"), delta("\n\nBx"), retrying, delta("\n\nBy"), message("A\n\nBy")],
      "A<\n[tool wait …]\n>Bx<\n[the model is busy (in 2 s)]\n>By\n"
    ],
    ["nothing that commands the terminal", [message("a\u001B[2Jb\u0007\r\n\tc")], "a[2Jb\n\tc\n"]
  ])("%s", (_, events, screen) => {
    assert.strictEqual(shown(...events), screen)
  })
})
