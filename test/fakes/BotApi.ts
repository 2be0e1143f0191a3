// SPDX-License-Identifier: MIT OR Apache-2.0
/** A strict Bot API on loopback: it refuses what Telegram refuses, remembers all, and fails on request. */
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answerOf, type Fault, Script } from "./bot-api/faults.ts"
import { acts } from "./bot-api/acts.ts"
import type { Files } from "./bot-api/Files.ts"
import { botName, entitiesOf, groupOf } from "./bot-api/groups.ts"
import { isMethod, type Method, read } from "./bot-api/methods.ts"
import { Limiter } from "./bot-api/Limiter.ts"
import { parseMultipart } from "./bot-api/multipart.ts"
import { type Answer, clock, refusal, type SentMessage, State } from "./bot-api/State.ts"

export * from "./bot-api/faults.ts"
export type { SentMessage, Version } from "./bot-api/State.ts"

export interface Call {
  readonly method: string
  readonly params: unknown
  readonly at: number
  /** The caller went away before it had the whole answer. */
  isAbandoned: boolean
}

const conflictText =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
const webhookText =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"

const parseJson = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))
const printJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

const paramsOf = (contentType: string, body: Buffer): unknown => {
  if (contentType.startsWith("multipart/")) return parseMultipart(contentType, body)
  const json = parseJson(body.length === 0 ? "{}" : body.toString())
  return json._tag === "Success" ? json.success : undefined
}

export const defaultToken = "123456:fake-token-for-tests-0123456789abcd"

class FakeBotApi {
  readonly state = new State()
  readonly calls: Array<Call> = []
  /** Telegram's limits; kept when `isStrict` is set. */
  readonly limiter = new Limiter()
  readonly token: string
  /** Polls that wait for an update now: at most one, as with the real one. */
  private waiting: { readonly end: (answer: Answer) => void; readonly wake: () => void } | undefined
  private readonly listeners = new Set<() => void>()
  /** Private messages by the update that they came with. */
  private readonly said = new Map<number, Readonly<Record<string, unknown>>>()
  private readonly script = new Script()
  private readonly server = Http.createServer((request, response) => this.serve(request, response))
  private port = 0

  constructor(token: string) {
    this.token = token
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }
  get files(): Files {
    return this.state.files
  }
  get sent() {
    return this.state.sent
  }
  get reactions() {
    return this.state.reactions
  }
  get actions() {
    return this.state.actions
  }
  get commands() {
    return this.state.commands
  }
  /** Updates that the bot has not confirmed by asking beyond them. */
  get unconfirmed(): number {
    return this.state.updates.length
  }
  get isPolled(): boolean {
    return this.waiting !== undefined
  }

  count(method: Method): number {
    return this.calls.filter((call) => call.method === method).length
  }

  abandoned(method: Method): number {
    return this.calls.filter((call) => call.method === method && call.isAbandoned).length
  }

  /** The messages that a chat shows now. */
  shownIn(chatId: number): ReadonlyArray<string> {
    return this.sent
      .filter((message) => message.chatId === String(chatId) && !message.isDeleted)
      .map((message) => message.text)
  }

  /** The messages that a chat shows now, files by their names. */
  seenIn(chatId: number): ReadonlyArray<string> {
    return this.sent
      .filter((message) => message.chatId === String(chatId) && !message.isDeleted)
      .map(({ file, text }) => (file === undefined ? text : `${file.method} ${file.name}`))
  }

  /** Makes a method misbehave the next `times` times, after what was asked for before. */
  fail(method: Method, fault: Fault, times = 1): void {
    this.script.add(method, fault, times)
  }

  heal(method: Method): void {
    this.script.clear(method)
  }

  addUpdate(fields: Readonly<Record<string, unknown>>, updateId = this.state.nextUpdateId): number {
    this.state.nextUpdateId = updateId + 1
    this.state.updates.push({ ...fields, update_id: updateId })
    this.waiting?.wake()
    this.changed()
    return updateId
  }

  /** A private message; `content` is what Telegram puts beside the frame, such as `{ photo: [] }`. */
  userSends(userId: number, content: Readonly<Record<string, unknown>>): number {
    const messageId = this.state.newMessageId()
    this.state.chats.add(String(userId))
    this.state.theirMessages.add(`${userId}:${messageId}`)
    const message = {
      message_id: messageId,
      date: Math.floor(clock() / 1000),
      chat: { id: userId, type: "private", first_name: `User ${userId}` },
      from: { id: userId, is_bot: false, first_name: `User ${userId}` },
      ...content
    }
    const update = this.addUpdate({ message })
    this.said.set(update, message)
    return update
  }

  /** The author changes the private message that came with an update. */
  userEdits(update: number, content: Readonly<Record<string, unknown>>): number {
    const edited = { ...this.said.get(update), ...content, edit_date: Math.floor(clock() / 1000) }
    this.said.set(update, edited)
    return this.addUpdate({ edited_message: edited })
  }

  userSays(userId: number, text: string, extra: Readonly<Record<string, unknown>> = {}): number {
    return this.userSends(userId, { text, ...extra })
  }

  /** A message in a group; the groups' own ids are negative, those of supergroups below -10^12. */
  groupSends(chatId: number, userId: number, content: Readonly<Record<string, unknown>>): number {
    this.state.chats.add(String(chatId))
    const messageId = this.state.newMessageId()
    this.state.theirMessages.add(`${chatId}:${messageId}`)
    const message = {
      message_id: messageId,
      date: Math.floor(clock() / 1000),
      chat: groupOf(chatId),
      from: { id: userId, is_bot: false, first_name: `User ${userId}` },
      ...content
    }
    const update = this.addUpdate({ message })
    this.said.set(update, message)
    return update
  }

  /** In a forum's topic when `extra` says so. */
  groupSays(
    chatId: number,
    userId: number,
    text: string,
    extra: Readonly<Record<string, unknown>> = {}
  ): number {
    return this.groupSends(chatId, userId, { text, entities: entitiesOf(text), ...extra })
  }

  /** The group becomes a supergroup; `told`: where a service message says so. */
  migrate(
    chatId: number,
    to: number,
    userId: number,
    told: ReadonlyArray<"old" | "new"> = ["old", "new"]
  ): void {
    this.state.migrated.set(String(chatId), to)
    this.state.chats.add(String(to))
    if (told.includes("old")) this.groupSends(chatId, userId, { migrate_to_chat_id: to })
    if (told.includes("new")) this.groupSends(to, userId, { migrate_from_chat_id: chatId })
  }

  /** The bot's standing in a chat changes: it was blocked, removed, or taken in again. */
  standingChanges(chatId: number, userId: number, status: "member" | "kicked" | "left"): number {
    const user = { id: 123456, is_bot: true, first_name: "Blufio", username: botName }
    return this.addUpdate({
      my_chat_member: {
        chat:
          chatId < 0
            ? groupOf(chatId)
            : { id: chatId, type: "private", first_name: `User ${chatId}` },
        from: { id: userId, is_bot: false, first_name: `User ${userId}` },
        date: Math.floor(clock() / 1000),
        old_chat_member: { status: status === "member" ? "left" : "member", user },
        new_chat_member: { status, user, ...(status === "kicked" ? { until_date: 0 } : {}) }
      }
    })
  }

  /** A chat that may be written to. */
  knowChat(chatId: number): void {
    this.state.chats.add(String(chatId))
  }

  block(chatId: number): void {
    this.state.blocked.add(String(chatId))
  }

  unblock(chatId: number): void {
    this.state.blocked.delete(String(chatId))
  }

  deleteMessage(chatId: number, messageId: number): void {
    const message = this.state.find(String(chatId), messageId)
    if (message !== undefined) message.isDeleted = true
  }

  setWebhook(url = "https://example.org/hook"): void {
    this.state.webhook = url
  }

  /** Presses a button of a message; `data`: what the button holds, or what somebody made up. */
  userPresses(
    userId: number,
    message: SentMessage,
    data: string,
    fields: Readonly<Record<string, unknown>> = {}
  ): { readonly toast: string | undefined } {
    const { press, update } = this.state.presses.add(userId)
    const shown = this.state.shown(message)
    this.addUpdate({ callback_query: { ...update, message: shown, data, ...fields } })
    return press
  }

  /** Answers as soon as `look` finds something (not `undefined`, not `false`); has no time limit itself. */
  waitFor<A>(look: () => A | undefined | false): Effect.Effect<A> {
    return Effect.callback<A>((resume) => {
      const check = () => {
        const found = look()
        if (found === undefined || found === false) return
        this.listeners.delete(check)
        resume(Effect.succeed(found))
      }
      this.listeners.add(check)
      check()
      return Effect.sync(() => this.listeners.delete(check))
    })
  }

  /** The `n`th call of a method, once it has arrived. */
  waitForCall(method: Method, n = 1): Effect.Effect<Call> {
    return this.waitFor(() => this.calls.filter((call) => call.method === method)[n - 1])
  }

  readonly goUp = Effect.callback<void>((resume) => {
    this.server.listen(this.port, "127.0.0.1", () => {
      this.port = (this.server.address() as AddressInfo).port
      resume(Effect.void)
    })
  })

  /** Nothing listens any more; memory stays. */
  readonly goDown = Effect.callback<void>((resume) => {
    this.server.close(() => resume(Effect.void))
    this.server.closeAllConnections()
  })

  private changed(): void {
    for (const listener of this.listeners) listener()
  }

  private serve(request: Http.IncomingMessage, response: Http.ServerResponse): void {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => this.route(request, response, Buffer.concat(chunks)))
  }

  private route(request: Http.IncomingMessage, response: Http.ServerResponse, body: Buffer): void {
    const [, fileToken, path] = /^\/file\/bot([^/]+)\/(.+)$/.exec(request.url ?? "") ?? []
    if (fileToken === this.token && path !== undefined && request.method === "GET")
      return this.files.serve(path, response, () => this.changed())
    const [, token, name] = /^\/bot([^/]+)\/([A-Za-z]+)$/.exec(request.url ?? "") ?? []
    if (token === undefined || name === undefined || !/^\d+:[\w-]{20,}$/.test(token))
      return respond(response, refusal(404, "Not Found"))
    if (token !== this.token) return respond(response, refusal(401, "Unauthorized"))
    if (!isMethod(name)) return respond(response, refusal(404, "Not Found: method not found"))
    const params = paramsOf(request.headers["content-type"] ?? "", body)
    const call: Call = { method: name, params, at: clock(), isAbandoned: false }
    this.calls.push(call)
    response.on("close", () => {
      call.isAbandoned = !response.writableFinished
      this.changed()
    })
    this.act(name, params, response)
    this.changed()
  }

  private act(method: Method, params: unknown, response: Http.ServerResponse): void {
    const tooSoon = this.limiter.check(method, params)
    if (tooSoon !== undefined) return respond(response, tooSoon)
    const fault = this.script.next(method)
    const instead = fault && answerOf(fault)
    if (instead !== undefined) return respond(response, instead)
    switch (fault?.kind) {
      case "html":
        response.writeHead(fault.status, { "content-type": "text/html" })
        response.end("<html><body><h1>Bad Gateway</h1></body></html>")
        return
      case "reset":
        response.destroy()
        return
      case "hang":
        return
      case "half-open":
        response.writeHead(200, { "content-type": "application/json" })
        response.write('{"ok":true,')
        return
      case "lost":
        return this.answer(method, params, response, () => response.destroy())
      case "truncated":
        return this.answer(method, params, response, (answer) => {
          const text = printJson(answer)
          response.end(text.slice(0, text.length / 2))
        })
      default:
        return this.answer(method, params, response, (answer) => respond(response, answer))
    }
  }

  private answer(
    method: Method,
    params: unknown,
    response: Http.ServerResponse,
    end: (answer: Answer) => void
  ): void {
    if (method === "getUpdates") return this.getUpdates(params, response, end)
    end(this.answerAtOnce(method, params))
  }

  private answerAtOnce<M extends Exclude<Method, "getUpdates">>(
    method: M,
    params: unknown
  ): Answer {
    const call = read(method, params)
    return call === undefined
      ? refusal(400, `Bad Request: wrong parameters of ${method}`)
      : acts[method](this.state, call)
  }

  private getUpdates(
    params: unknown,
    response: Http.ServerResponse,
    end: (answer: Answer) => void
  ): void {
    const call = read("getUpdates", params)
    if (call === undefined) return end(refusal(400, "Bad Request: wrong parameters of getUpdates"))
    if (this.state.webhook !== undefined) return end(refusal(409, webhookText))
    this.waiting?.end(refusal(409, conflictText))
    this.state.confirm(call.offset ?? 0)
    const found = (): Answer => ({
      ok: true,
      result: this.state.updates.slice(0, call.limit ?? 100)
    })
    if (this.state.updates.length > 0 || (call.timeout ?? 0) === 0) return end(found())
    const finish = (answer: Answer) => {
      timer.interruptUnsafe()
      if (this.waiting === poll) this.waiting = undefined
      if (!response.destroyed) end(answer)
      this.changed()
    }
    const poll = { end: finish, wake: () => finish(found()) }
    const seconds = Math.min(call.timeout ?? 0, 50)
    const timer = Effect.runFork(
      Effect.delay(
        Effect.sync(() => finish(found())),
        Duration.seconds(seconds)
      )
    )
    response.on("close", () => {
      timer.interruptUnsafe()
      if (this.waiting === poll) this.waiting = undefined
      this.changed()
    })
    this.waiting = poll
  }
}
export type BotApi = FakeBotApi

const respond = (response: Http.ServerResponse, answer: Answer): void => {
  response.writeHead(answer.ok ? 200 : answer.error_code, { "content-type": "application/json" })
  response.end(printJson(answer))
}

/** Listens until its scope closes. */
export const make = (options: { readonly token?: string } = {}) =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      const fake = new FakeBotApi(options.token ?? defaultToken)
      return Effect.as(fake.goUp, fake)
    }),
    (fake) => fake.goDown
  )
