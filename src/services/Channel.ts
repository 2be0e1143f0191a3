// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: a place where people talk to Blufio. Adapters live in `layers/` and register by name. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Chat, ChannelName } from "../domain/Ids.ts"

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

/** The channel will never accept this (blocked, chat gone, bad request). Not retried. */
export class Rejected extends Schema.TaggedError<Rejected>()("Rejected", {
  detail: Schema.String
}) {}

/** The message to be edited is gone: send it anew. */
export class MessageGone extends Schema.TaggedError<MessageGone>()("MessageGone", {}) {}

export class ChannelError extends Schema.TaggedError<ChannelError>()("ChannelError", {
  channel: Schema.String,
  operation: Schema.String,
  reason: Schema.Union([RateLimited, Unreachable, NobodyAttached, Rejected, MessageGone])
}) {
  override get message(): string {
    return `${this.channel}: ${this.operation}: ${this.reason._tag}`
  }
}

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
export const Rendered = Schema.Struct({ body: Schema.String, plain: Schema.String })
export type Rendered = typeof Rendered.Type

export interface Channel {
  readonly name: ChannelName
  /** Whether a sent message can be edited, so that a reply may be shown while it grows. */
  readonly streams: boolean
  /** How often a growing reply may be edited, in milliseconds. */
  readonly editIntervalMillis: number
  /** Markdown to messages the channel accepts: at least one, none empty. Pure and total. */
  readonly render: (markdown: string) => ReadonlyArray<Rendered>
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
