// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reads a line from a terminal without showing it, as bytes: strings could not be wiped. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { stderr } from "node:process"
import { ReadStream } from "node:tty"
import { wipeable, wipeableCopy } from "../../domain/wipeable.ts"
import { Cancelled } from "../../services/Passphrase.ts"

const longest = 4096
/** What comes so soon after the line's end was pasted with it: nobody types that fast. */
const pastedWithin = "80 millis"
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
  isEnded: boolean
}

const eraseOne = (line: Line) => {
  while (line.length > 0 && isContinuation(line.bytes[line.length - 1]!))
    line.bytes[--line.length] = 0
  if (line.length > 0) line.bytes[--line.length] = 0
}

const append = (line: Line, byte: number) => {
  if (line.length < longest) line.bytes[line.length++] = byte
}

const isBreak = (byte: number | undefined) => byte === key.enter || byte === key.newline

/** True when it was Ctrl-C. */
const take = (line: Line, byte: number): boolean => {
  if (byte === key.interrupt) return true
  if (isBreak(byte)) {
    line.isEnded = true
    append(line, key.newline)
  } else if (line.isEnded) append(line, byte)
  else if (byte === key.end) line.isEnded = true
  else if (byte === key.backspace || byte === key.delete) eraseOne(line)
  else if (byte === key.clear) {
    line.bytes.fill(0)
    line.length = 0
  } else if (byte >= 32) append(line, byte)
  return false
}

/** Several lines that were pasted stay several, for the caller to refuse; breaks at the end do not count. */
const lengthOf = ({ bytes, length }: Line): number => {
  let end = length
  while (end > 0 && isBreak(bytes[end - 1])) end--
  return end
}

/** `descriptor`: of a terminal, closed when done. */
export const readHidden = (prompt: string, descriptor: number) =>
  Effect.gen(function* () {
    const line: Line = { bytes: wipeable(longest), length: 0, isEnded: false }
    const ended = yield* Deferred.make<void, Cancelled>()
    const raw = wipeable(longest)
    const listen = (chunk: Uint8Array) => {
      // A key such as an arrow comes as one piece that begins with an escape.
      const isKey = chunk[0] === key.escape && !line.isEnded
      const isCancelled = !isKey && chunk.some((byte) => take(line, byte))
      chunk.fill(0)
      raw.fill(0)
      if (isCancelled) Deferred.doneUnsafe(ended, Effect.fail(new Cancelled({ kept: "" })))
      else if (line.isEnded) Deferred.doneUnsafe(ended, Effect.void)
    }
    const start = Effect.sync(() => {
      stderr.write(prompt)
      // Into a buffer of ours: one of the stream's own would be copied, and let go unwiped.
      const terminal = new ReadStream(descriptor, {
        onread: {
          buffer: raw,
          callback: (length) => {
            listen(raw.subarray(0, length))
            return true
          }
        }
      } as ConstructorParameters<typeof ReadStream>[1])
      terminal.setRawMode(true)
      terminal.resume()
      return terminal
    })
    const stop = (terminal: ReadStream) =>
      Effect.sync(() => {
        terminal.setRawMode(false)
        terminal.destroy()
        stderr.write("\n")
        line.bytes.fill(0)
      })
    return yield* Effect.acquireUseRelease(
      start,
      () =>
        Deferred.await(ended).pipe(
          Effect.andThen(Effect.sleep(pastedWithin)),
          Effect.map(() => wipeableCopy(line.bytes.subarray(0, lengthOf(line))))
        ),
      stop
    )
  })
