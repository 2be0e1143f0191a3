// SPDX-License-Identifier: MIT OR Apache-2.0
/** Where readline writes to: it reaches the terminal only while the prompt is shown. */
import { Writable } from "node:stream"
import type { WriteStream } from "node:tty"

export class Gate extends Writable {
  readonly isTTY = true
  open = false
  readonly #terminal: WriteStream
  readonly #resized = () => this.emit("resize")

  constructor(terminal: WriteStream) {
    super()
    this.#terminal = terminal
    terminal.on("resize", this.#resized)
  }

  get columns(): number {
    return this.#terminal.columns
  }

  get rows(): number {
    return this.#terminal.rows
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    if (this.open) this.#terminal.write(chunk)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#terminal.off("resize", this.#resized)
    done(error)
  }
}
