// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: where the vault's passphrase comes from (contract 3). As bytes, so that they can be wiped. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A source was named, and nothing can be read from it. */
export class PassphraseUnreadable extends Schema.TaggedError<PassphraseUnreadable>()(
  "PassphraseUnreadable",
  { source: Schema.String, detail: Schema.String }
) {
  override get message(): string {
    return `The passphrase cannot be read from ${this.source}: ${this.detail}`
  }
}

/** Somebody pressed Ctrl-C at a question. */
export class Cancelled extends Schema.TaggedError<Cancelled>()("Cancelled", {
  /** What became of what was done before; empty when there is nothing to say. */
  kept: Schema.String
}) {
  override get message(): string {
    return `Stopped by Ctrl-C. ${this.kept}`.trimEnd()
  }
}

export class Passphrase extends Context.Service<
  Passphrase,
  {
    /**
     * From the first source that is there: `--passphrase-fd`, systemd's credentials, the file, the
     * variable. Without the line break at its end. Each call answers bytes of its own to wipe.
     */
    readonly find: Effect.Effect<Option.Option<Uint8Array>, PassphraseUnreadable>
    /** No more is needed: what was found is wiped, and is not found again. */
    readonly forget: Effect.Effect<void>
    /**
     * Asks on the terminal without showing what is typed; none when there is no terminal. Line breaks
     * within the answer: more than one line was pasted.
     */
    readonly ask: (prompt: string) => Effect.Effect<Option.Option<Uint8Array>, Cancelled>
  }
>()("blufio/services/Passphrase") {}
