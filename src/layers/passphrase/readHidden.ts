// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reads a line from the terminal without showing it, as bytes: strings could not be wiped. */
import * as Effect from "effect/Effect"
import { stderr, stdin } from "node:process"
import { wipeable, wipeableCopy } from "../../domain/wipeable.ts"

const longest = 4096
const key = {
  interrupt: 3,
  end: 4,
  backspace: 8,
  newline: 10,
  enter: 13,
  clear: 21,
  escape: 27,
  delete: 127
} as const

/** UTF-8: what is not the beginning of a character belongs to the one before it. */
const isContinuation = (byte: number) => (byte & 0xc0) === 0x80

interface Line {
  readonly bytes: Uint8Array
  length: number
}

const eraseOne = (line: Line) => {
  while (line.length > 0 && isContinuation(line.bytes[line.length - 1]!))
    line.bytes[--line.length] = 0
  if (line.length > 0) line.bytes[--line.length] = 0
}

type Outcome = "more" | "done" | "interrupted"

const take = (line: Line, byte: number): Outcome => {
  switch (byte) {
    case key.interrupt:
      return "interrupted"
    case key.enter:
    case key.newline:
    case key.end:
      return "done"
    case key.backspace:
    case key.delete:
      eraseOne(line)
      return "more"
    case key.clear:
      line.bytes.fill(0)
      line.length = 0
      return "more"
    default:
      if (byte >= 32 && line.length < longest) line.bytes[line.length++] = byte
      return "more"
  }
}

/** Needs a terminal on stdin. Ctrl-C interrupts. What follows the line's end is lost. */
export const readHidden = (prompt: string) =>
  Effect.callback<Uint8Array>((resume) => {
    const line: Line = { bytes: wipeable(longest), length: 0 }
    stderr.write(prompt)
    stdin.setRawMode(true)
    const stop = () => {
      stdin.off("data", listen)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write("\n")
    }
    const listen = (chunk: Buffer) => {
      let outcome: Outcome = "more"
      // A key such as an arrow comes as one piece that begins with an escape.
      if (chunk[0] !== key.escape)
        for (const byte of chunk) if (outcome === "more") outcome = take(line, byte)
      chunk.fill(0)
      if (outcome === "more") return
      stop()
      const typed = wipeableCopy(line.bytes.subarray(0, line.length))
      line.bytes.fill(0)
      resume(outcome === "done" ? Effect.succeed(typed) : Effect.interrupt)
    }
    stdin.on("data", listen)
    stdin.resume()
    return Effect.sync(stop)
  })
