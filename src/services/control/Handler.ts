// SPDX-License-Identifier: MIT OR Apache-2.0
/** What carries out a command that was typed in chat. */
import type * as Effect from "effect/Effect"
import type { CommandName } from "../../domain/ChatCommand.ts"
import type { InboxRow } from "../InboxStore.ts"
import type { Session } from "../SessionStore.ts"
import type { StoreError } from "../Store.ts"

/** What to say, and whether it stands in the chat already. */
export interface Answer {
  readonly text: string
  readonly said?: boolean
}

/** `rest`: what was typed after the command, trimmed. */
export type Handler = (
  session: Session,
  row: InboxRow,
  rest: string
) => Effect.Effect<Answer, StoreError>

/** Some of the commands; together they are all of them, which the compiler sees. */
export type Handlers<Names extends CommandName> = Readonly<Record<Names, Handler>>
