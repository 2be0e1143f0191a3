// SPDX-License-Identifier: MIT OR Apache-2.0
/** A terminal on which a person types while text arrives: neither ever tears the other apart. */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { stdin, stdout } from "node:process"
import * as Readline from "node:readline"
import { Gate } from "./Gate.ts"

export type Input =
  /** A text, by Enter; pasted ones may have several lines. No prompt is shown until `setBusy`. */
  | { readonly _tag: "Line"; readonly text: string }
  /** Ctrl-C; `typed` stood in the line at that moment. */
  | { readonly _tag: "Interrupt"; readonly typed: string }
  /** Ctrl-D, or the terminal is gone. */
  | { readonly _tag: "End" }

/** Typed faster than it is taken: far more than a person can. What is beyond is refused aloud. */
const capacity = 1024
const historySize = 500

const bracketedPaste = (on: boolean) => `\u001B[?2004${on ? "h" : "l"}`

/**
 * The prompt is shown when there is nothing to wait for, or when something is typed. While it is,
 * whole lines that arrive are put above it and the rest waits; while it is not, text is shown at once.
 */
class Screen {
  readonly #gate = new Gate(stdout)
  readonly #readline: Readline.Interface
  readonly #offer: (input: Input) => boolean
  #isBusy = true
  #isMidLine = false
  #held = ""
  #pasted: Array<string> = []
  #isPasting = false

  constructor(prompt: string, offer: (input: Input) => boolean) {
    this.#offer = offer
    this.#readline = Readline.createInterface({
      input: stdin,
      output: this.#gate,
      terminal: true,
      prompt,
      historySize,
      removeHistoryDuplicates: true
    })
    this.#readline.on("line", (line) => this.#onLine(line))
    this.#readline.on("SIGINT", () => offer({ _tag: "Interrupt", typed: this.#readline.line }))
    this.#readline.on("close", () => offer({ _tag: "End" }))
    stdin.on("keypress", this.#onKey)
    stdout.write(bracketedPaste(true))
  }

  readonly #onKey = (_: string | undefined, key: Readline.Key) => {
    if (key.name === "paste-start") this.#isPasting = true
    if (key.name === "paste-end") this.#isPasting = false
    if (!this.#isBusy) return
    const isTyping = this.#readline.line !== "" || this.#pasted.length > 0
    if (isTyping && !this.#gate.open) this.#showPrompt()
    if (!isTyping && this.#gate.open) this.#hidePrompt()
  }

  #onLine(line: string): void {
    if (this.#isPasting) {
      this.#pasted.push(line)
      this.#readline.prompt()
      return
    }
    const text = [...this.#pasted, line].join("\n")
    this.#pasted = []
    if (this.#gate.open) this.#isMidLine = false
    this.#gate.open = false
    this.#flush()
    const isTaken = text.trim() !== "" && this.#offer({ _tag: "Line", text })
    if (isTaken) return
    if (text.trim() !== "") this.print("[That was not taken: too much waits already.]\n")
    if (!this.#isBusy) this.#showPrompt()
  }

  #flush(): void {
    const held = this.#held
    this.#held = ""
    this.#write(held)
  }

  #write(text: string): void {
    if (text === "") return
    stdout.write(text)
    this.#isMidLine = !text.endsWith("\n")
  }

  #showPrompt(): void {
    if (this.#isMidLine) this.#write("\n")
    this.#gate.open = true
    this.#readline.prompt(true)
  }

  /** Leaves the cursor where the prompt began, and answers how many rows it was below that. */
  #clearPrompt(): number {
    const { rows } = this.#readline.getCursorPos()
    Readline.moveCursor(stdout, 0, -rows)
    Readline.cursorTo(stdout, 0)
    Readline.clearScreenDown(stdout)
    return rows
  }

  #hidePrompt(): void {
    this.#clearPrompt()
    this.#gate.open = false
    this.#flush()
  }

  print(text: string): void {
    if (!this.#gate.open) return this.#write(text)
    const all = this.#held + text
    const end = all.lastIndexOf("\n") + 1
    this.#held = all.slice(end)
    if (end === 0) return
    const rows = this.#clearPrompt()
    this.#write(all.slice(0, end) + "\n".repeat(rows))
    this.#readline.prompt(true)
  }

  setBusy(isBusy: boolean): void {
    this.#isBusy = isBusy
    const isTyping = this.#readline.line !== "" || this.#pasted.length > 0
    if (!isBusy && !this.#gate.open) this.#showPrompt()
    if (isBusy && this.#gate.open && !isTyping) this.#hidePrompt()
  }

  clear(): void {
    this.#pasted = []
    this.#readline.write(null, { ctrl: true, name: "e" })
    this.#readline.write(null, { ctrl: true, name: "u" })
  }

  close(): void {
    stdin.off("keypress", this.#onKey)
    if (this.#gate.open) this.#clearPrompt()
    this.#gate.open = false
    this.#flush()
    if (this.#isMidLine) this.#write("\n")
    stdout.write(bracketedPaste(false))
    this.#readline.close()
    this.#gate.destroy()
  }
}

/** Takes the terminal until the scope closes. Busy at first: no prompt is shown. */
export const make = Effect.fnUntraced(function* (prompt: string) {
  const inputs = yield* Queue.dropping<Input>(capacity)
  const screen = yield* Effect.acquireRelease(
    Effect.sync(() => new Screen(prompt, (input) => Queue.offerUnsafe(inputs, input))),
    (screen) => Effect.sync(() => screen.close())
  )
  return {
    next: Queue.take(inputs),
    print: (text: string) => Effect.sync(() => screen.print(text)),
    /** Whether an answer is awaited: no prompt is shown then until something is typed. */
    setBusy: (isBusy: boolean) => Effect.sync(() => screen.setBusy(isBusy)),
    /** Throws away what is typed. */
    clear: Effect.sync(() => screen.clear())
  }
})
