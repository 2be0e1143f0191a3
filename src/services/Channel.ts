// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: a place where people talk to Blufio. Adapters live in `layers/` and register by name. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Chat, ChannelName } from "../domain/Ids.ts"
import type { Shown } from "../domain/outgoing/picture.ts"
import { FileToSend, Text } from "../domain/outgoing/FileToSend.ts"

/** The channel asks us to slow down for this chat. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  retryAfterMillis: Schema.Finite
}) {}

/** The channel cannot be reached or broke down; whether it acted is not known. Worth another try. */
export class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", {
  detail: Schema.String
}) {}

/** Nobody is there to take it: the message waits until `Outbox.wake` is called for the chat. */
export class NobodyAttached extends Schema.TaggedError<NobodyAttached>()("NobodyAttached", {}) {}

/** The channel will never accept this (chat unknown, bad request). Not retried. */
export class Rejected extends Schema.TaggedError<Rejected>()("Rejected", {
  detail: Schema.String,
  /** Another text might be taken. */
  isForText: Schema.optionalKey(Schema.Literal(true))
}) {}

/** Whoever is there does not want to hear from us (blocked, removed): given up without a word. */
export class Gone extends Schema.TaggedError<Gone>()("Gone", {
  detail: Schema.String
}) {}

/** The message to be edited is gone: send it anew. */
export class MessageGone extends Schema.TaggedError<MessageGone>()("MessageGone", {}) {}

/** The channel takes messages, but not this file. */
export class FileRefused extends Schema.TaggedError<FileRefused>()("FileRefused", {
  detail: Schema.String
}) {}

export class ChannelError extends Schema.TaggedError<ChannelError>()("ChannelError", {
  channel: Schema.String,
  operation: Schema.String,
  reason: Schema.Union([
    RateLimited,
    Unreachable,
    NobodyAttached,
    Rejected,
    Gone,
    MessageGone,
    FileRefused
  ])
}) {
  override get message(): string {
    return `${this.channel}: ${this.operation}: ${this.reason._tag}`
  }
}

/** A way to answer a question by one press: `answer` is what comes back. */
export const Choice = Schema.Struct({ label: Schema.NonEmptyString, answer: Schema.NonEmptyString })
export type Choice = typeof Choice.Type

/** A file that was sent did not come. Only what is `unreachable` is worth another try. */
export class FetchFailed extends Schema.TaggedError<FetchFailed>()("FetchFailed", {
  why: Schema.Literals(["too-large", "gone", "kept-by-server", "refused", "unreachable"]),
  /** A clause for the log and the person. */
  detail: Schema.String
}) {
  override get message(): string {
    return `a file was not fetched: ${this.detail}`
  }
}

/** One message as the channel shows it: `body` in its own markup, `plain` for when that is refused. */
export const Rendered = Schema.Struct({
  ...Text.fields,
  /** Sent instead, as a file. */
  asFile: Schema.optionalKey(FileToSend),
  /** Sent after it, as further messages. */
  more: Schema.optionalKey(Schema.Array(Text)),
  /** Stands where a growing reply had more messages than it needs: it is taken away where that can be. */
  isSurplus: Schema.optionalKey(Schema.Literal(true)),
  /** Offered below the message, a row each; nothing where a channel has no buttons. */
  choices: Schema.optionalKey(Schema.Array(Choice))
})
export type Rendered = typeof Rendered.Type

/** A file as a channel is given it. */
export interface Upload {
  readonly name: string
  readonly shown: Shown
  /** Not marked up. */
  readonly caption: string
  readonly bytes: Uint8Array
}

export interface Channel {
  readonly name: ChannelName
  /** Whether a sent message can be edited, so that a reply may be shown while it grows. */
  readonly streams: boolean
  /** How often a growing reply may be edited, in milliseconds. */
  readonly editIntervalMillis: number
  /**
   * Markdown to messages the channel accepts: at least one, none empty. Pure and total. Files come
   * last, and only in the final stage.
   */
  readonly render: (markdown: string, stage: "growing" | "final") => ReadonlyArray<Rendered>
  /**
   * Sends one rendered message and answers with the channel's id for it. `outboxId` is stable
   * over retries; `inReplyTo` are the inbox ids that the message answers.
   */
  readonly send: (message: {
    readonly chat: Chat
    readonly rendered: Rendered
    readonly outboxId: number
    readonly inReplyTo: ReadonlyArray<number>
    /** False while the reply still grows. */
    readonly final: boolean
  }) => Effect.Effect<string, ChannelError>
  /** Replaces a sent message. Succeeds when nothing changed. Never called when `streams` is false. */
  readonly edit: (message: {
    readonly chat: Chat
    readonly messageId: string
    readonly rendered: Rendered
    readonly final: boolean
  }) => Effect.Effect<void, ChannelError>
  /** Left out where no files can be sent. Answers with the message's id. */
  readonly sendFile?: (message: {
    readonly chat: Chat
    readonly file: Upload
  }) => Effect.Effect<string, ChannelError>
  /** Takes a sent message away; succeeds when it is gone. Left out where that cannot be done. */
  readonly remove?: (message: {
    readonly chat: Chat
    readonly messageId: string
  }) => Effect.Effect<void, ChannelError>
  /** Shows for a few seconds that a reply is being made; called again while it lasts. Never fails. */
  readonly typing: (chat: Chat) => Effect.Effect<void>
  /**
   * The bytes of a file that was sent here, by the channel's own reference to it; at most about
   * `mostBytes` of them. Left out: nothing but text comes this way.
   */
  readonly fetch?: (ref: string, mostBytes: number) => Stream.Stream<Uint8Array, FetchFailed>
}

/** The channels that are switched on, by name. */
export class Channels extends Context.Service<
  Channels,
  {
    readonly names: ReadonlyArray<ChannelName>
    readonly find: (name: ChannelName) => Option.Option<Channel>
  }
>()("blufio/services/Channel/Channels") {
  static readonly fromList = (channels: ReadonlyArray<Channel>) => {
    const byName = new Map(channels.map((channel) => [channel.name, channel]))
    return Channels.of({
      names: [...byName.keys()],
      find: (name) => Option.fromUndefinedOr(byName.get(name))
    })
  }
}
