// SPDX-License-Identifier: MIT OR Apache-2.0
/** Why a Bot API call failed, in words a caller can act on; never with the token, a URL or a payload. */
import * as Schema from "effect/Schema"

/** 429: wait this long. */
export class TooManyRequests extends Schema.TaggedError<TooManyRequests>()("TooManyRequests", {
  retryAfterMillis: Schema.Finite
}) {}

/** 409: someone else receives this bot's updates. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", {
  rival: Schema.Literals(["poller", "webhook"]),
  /** Where a webhook leads, as far as it could be found out; never its path, which may hold a secret. */
  host: Schema.optionalKey(Schema.NonEmptyString)
}) {}

/** 401, or 404 for a token of the wrong shape (or a wrong `api_root`). */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", {
  status: Schema.Int
}) {}

/** 403: the person blocked the bot or never started it, or a group removed it. */
class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", {}) {}

const BadRequestKind = Schema.Literals([
  "markup",
  "not-modified",
  "message-gone",
  "chat-not-found",
  "topic-not-found",
  "too-long",
  "not-deletable",
  "file-too-big",
  "no-rights",
  "other"
])
type BadRequestKind = typeof BadRequestKind.Type

class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", {
  kind: BadRequestKind,
  /** 400 where none is told. */
  status: Schema.optionalKey(Schema.Int),
  /** Telegram's own words for what we have no name for, as far as they quote nothing. */
  said: Schema.optionalKey(Schema.NonEmptyString)
}) {}

/** 400: the group became a supergroup, with this id. */
export class Migrated extends Schema.TaggedError<Migrated>()("Migrated", {
  to: Schema.String
}) {}

/** The server broke down, or its answer made no sense. `status` is 0 when none was read. */
export class ServerFault extends Schema.TaggedError<ServerFault>()("ServerFault", {
  status: Schema.Int
}) {}

/** The connection could not be made or was cut. `code` is the system's, such as `ECONNREFUSED`. */
export class NetworkFault extends Schema.TaggedError<NetworkFault>()("NetworkFault", {
  code: Schema.String
}) {}

/** No answer within the deadline. */
export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", {
  afterMillis: Schema.Finite
}) {}

export class BotApiError extends Schema.TaggedError<BotApiError>()("BotApiError", {
  method: Schema.String,
  reason: Schema.Union([
    TooManyRequests,
    Conflict,
    Unauthorized,
    Forbidden,
    BadRequest,
    Migrated,
    ServerFault,
    NetworkFault,
    NoAnswer
  ])
}) {
  override get message(): string {
    return `telegram: ${this.method}: ${describe(this.reason)}`
  }
}
export type Reason = BotApiError["reason"]

/** One clause about a failure, for logs and for people. */
export const describe = (reason: Reason): string => {
  switch (reason._tag) {
    case "TooManyRequests":
      return `asked to wait ${Math.ceil(reason.retryAfterMillis / 1000)} s (429)`
    case "Conflict":
      return reason.rival === "webhook"
        ? `a webhook ${reason.host === undefined ? "" : `of ${reason.host} `}is set for this bot (409)`
        : "another process polls with the same token (409)"
    case "Unauthorized":
      return `the bot token is refused (${reason.status})`
    case "Forbidden":
      return "the bot is blocked or removed there (403)"
    case "BadRequest":
      return `refused as a bad request (${reason.status ?? 400}, ${reason.said ?? reason.kind})`
    case "Migrated":
      return "the group has become a supergroup (400)"
    case "ServerFault":
      return reason.status === 0 ? "an unreadable answer" : `a server fault (${reason.status})`
    case "NetworkFault":
      return `no connection (${reason.code})`
    case "NoAnswer":
      return `no answer within ${Math.round(reason.afterMillis / 1000)} s`
  }
}

const badRequestKinds: ReadonlyArray<readonly [RegExp, BadRequestKind]> = [
  [/can't parse entities|unsupported start tag|entity_/i, "markup"],
  [/message is not modified/i, "not-modified"],
  [/message to edit not found|message can't be edited|message_id_invalid/i, "message-gone"],
  [/message can't be deleted/i, "not-deletable"],
  [/chat not found/i, "chat-not-found"],
  [/message thread not found|topic_deleted|topic_closed/i, "topic-not-found"],
  [/too long|message_too_long/i, "too-long"],
  [/file is too big/i, "file-too-big"],
  [/not enough rights|have no rights|need administrator rights|CHAT_[A-Z_]*FORBIDDEN/i, "no-rights"]
]

/** The words before anything that could be part of a message, an address or a token. */
const saidIn = (description: string) => {
  const [said = ""] = /^[A-Za-z_ ',-]{3,100}/.exec(description.replace(/^Bad Request: /, "")) ?? []
  return said.trim() === "" ? {} : { said: said.trim() }
}

/** The shape of grammY's `GrammyError`; known by shape, so that grammY itself loads on first use. */
const Refusal = Schema.Struct({
  error_code: Schema.Int,
  description: Schema.String,
  parameters: Schema.optionalKey(
    Schema.Struct({
      retry_after: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
      migrate_to_chat_id: Schema.optionalKey(Schema.Int)
    })
  )
})
const isRefusal = Schema.is(Refusal)

/** In seconds. A longer wait is asked about again, for an absurd one would silence a chat for good. */
const longestWait = 3600

const ofRefusal = (refusal: typeof Refusal.Type): Reason => {
  switch (refusal.error_code) {
    case 429:
      return new TooManyRequests({
        retryAfterMillis: 1000 * Math.min(refusal.parameters?.retry_after ?? 1, longestWait)
      })
    case 409:
      return new Conflict({ rival: /webhook/i.test(refusal.description) ? "webhook" : "poller" })
    case 401:
    case 404:
      return new Unauthorized({ status: refusal.error_code })
    case 403:
      return new Forbidden()
    case 400: {
      const to = refusal.parameters?.migrate_to_chat_id
      if (to !== undefined) return new Migrated({ to: String(to) })
      const match = badRequestKinds.find(([pattern]) => pattern.test(refusal.description))
      const kind = match?.[1] ?? "other"
      const isNamed = kind !== "other" && kind !== "no-rights"
      return new BadRequest({ kind, ...(isNamed ? {} : saidIn(refusal.description)) })
    }
    default:
      return refusal.error_code > 400 && refusal.error_code < 500
        ? new BadRequest({ kind: "other", status: refusal.error_code })
        : new ServerFault({ status: refusal.error_code })
  }
}

const isUnreadable = Schema.is(Schema.Struct({ error: Schema.instanceOf(SyntaxError) }))
const isUnreachable = Schema.is(Schema.Struct({ error: Schema.instanceOf(Error) }))
const isSystemFault = Schema.is(
  Schema.Struct({
    error: Schema.Struct({
      cause: Schema.Struct({ code: Schema.String.check(Schema.isPattern(/^[A-Z][A-Z_]{2,40}$/)) })
    })
  })
)

/** What a rejected grammY call means. Its texts are dropped: they may hold the URL, and so the token. */
export const reasonOf = (thrown: unknown): Reason => {
  if (isRefusal(thrown)) return ofRefusal(thrown)
  if (isUnreadable(thrown)) return new ServerFault({ status: 0 })
  if (isSystemFault(thrown)) return new NetworkFault({ code: thrown.error.cause.code })
  if (isUnreachable(thrown)) return new NetworkFault({ code: "cut" })
  return new ServerFault({ status: 0 })
}
