// SPDX-License-Identifier: MIT OR Apache-2.0
/** What Telegram remembers: chats, messages, updates not yet confirmed. It outlives the bot process. */
import { performance } from "node:perf_hooks"
import { Files } from "./Files.ts"
import { botName, groupOf } from "./groups.ts"
import { parseHtml } from "./html.ts"
import type { Keyboard, Parameters } from "./methods.ts"
import type { SentFile } from "./multipart.ts"
import { uploadFault, type UploadMethod } from "./uploads.ts"
import { Presses } from "./Presses.ts"

/** Milliseconds since the epoch. */
export const clock = (): number => performance.timeOrigin + performance.now()

export type Answer =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false
      readonly error_code: number
      readonly description: string
      readonly parameters?:
        | { readonly retry_after: number }
        | { readonly migrate_to_chat_id: number }
    }

export const refusal = (error_code: number, description: string): Answer => ({
  ok: false,
  error_code,
  description
})
const done = (result: unknown): Answer => ({ ok: true, result })
const bad = (what: string): Answer => refusal(400, `Bad Request: ${what}`)

export interface Version {
  /** As the person reads it. */
  readonly text: string
  /** As it was sent, when it was sent as HTML. */
  readonly html: string | undefined
  /** The buttons below it. */
  readonly keyboard: Keyboard["inline_keyboard"]
  readonly at: number
}

/** A message of the bot's, with all it ever showed. */
export interface SentMessage {
  readonly chatId: string
  readonly topicId: number | undefined
  readonly messageId: number
  readonly versions: Array<Version>
  readonly text: string
  /** The labels of the buttons below it now. */
  readonly buttons: ReadonlyArray<string>
  readonly edits: number
  isDeleted: boolean
  /** Of a message that is one; its text is the caption. */
  readonly file?: SentFile & { readonly method: UploadMethod }
}

export interface BotUpdate {
  readonly update_id: number
  readonly [field: string]: unknown
}

export class State {
  readonly sent: Array<SentMessage> = []
  readonly reactions: Array<{ chatId: string; messageId: number; emoji: string }> = []
  readonly actions: Array<{ chatId: string; action: string; at: number }> = []
  readonly chats = new Set<string>()
  readonly blocked = new Set<string>()
  /** Groups that became supergroups, with their new ids. */
  readonly migrated = new Map<string, number>()
  readonly theirMessages = new Set<string>()
  readonly files = new Files()
  commands: ReadonlyArray<{ readonly command: string; readonly description: string }> = []
  updates: Array<BotUpdate> = []
  /** The bot's own. */
  username: unknown = botName
  /** Where another program wants the updates. */
  webhook: string | undefined
  readonly presses = new Presses()
  /** Edits that would have changed nothing. */
  editsInVain = 0
  nextUpdateId = 1000
  private lastMessageId = 0

  newMessageId(): number {
    return ++this.lastMessageId
  }

  sendMessage(call: Parameters<"sendMessage">): Answer {
    const chatId = String(call.chat_id)
    const fault = this.chatFault(chatId)
    if (fault !== undefined) return fault
    const version = this.version(call)
    if ("ok" in version) return version
    return this.add(call, version)
  }

  sendFile(
    method: UploadMethod,
    call: Pick<Parameters<UploadMethod>, "chat_id" | "message_thread_id" | "caption">,
    file: SentFile
  ): Answer {
    const { caption = "" } = call
    const fault = this.chatFault(String(call.chat_id))
    if (fault !== undefined) return fault
    const refused = uploadFault(method, file, caption)
    if (refused !== undefined) return refusal(refused.code, refused.description)
    return this.add(
      call,
      { text: caption, html: undefined, keyboard: [], at: clock() },
      { ...file, method }
    )
  }

  deleteMessage(call: Parameters<"deleteMessage">): Answer {
    const message = this.find(String(call.chat_id), Number(call.message_id))
    if (message === undefined) return bad("message to delete not found")
    message.isDeleted = true
    return done(true)
  }

  editMessageText(call: Parameters<"editMessageText">): Answer {
    const chatId = String(call.chat_id)
    const fault = this.chatFault(chatId)
    if (fault !== undefined) return fault
    const message = this.find(chatId, Number(call.message_id))
    if (message === undefined) return bad("message to edit not found")
    if (message.file !== undefined) return bad("there is no text in the message to edit")
    const version = this.version(call)
    if ("ok" in version) return version
    const now = message.versions.at(-1)!
    const isSameKeyboard = JSON.stringify(now.keyboard) === JSON.stringify(version.keyboard)
    if (now.text === version.text && now.html === version.html && isSameKeyboard) {
      this.editsInVain++
      return bad(
        "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
      )
    }
    message.versions.push(version)
    return done(this.shown(message))
  }

  sendChatAction(call: Parameters<"sendChatAction">): Answer {
    const chatId = String(call.chat_id)
    const fault = this.chatFault(chatId)
    if (fault !== undefined) return fault
    this.actions.push({ chatId, action: call.action, at: clock() })
    return done(true)
  }

  setMessageReaction(call: Parameters<"setMessageReaction">): Answer {
    const chatId = String(call.chat_id)
    const fault = this.chatFault(chatId)
    if (fault !== undefined) return fault
    const messageId = Number(call.message_id)
    if (!this.theirMessages.has(`${chatId}:${messageId}`)) return bad("message to react not found")
    for (const { emoji } of call.reaction ?? []) this.reactions.push({ chatId, messageId, emoji })
    return done(true)
  }

  setMyCommands(call: Parameters<"setMyCommands">): Answer {
    this.commands = call.commands
    return done(true)
  }

  /** Forgets what is below `offset`: that is how updates are confirmed. */
  confirm(offset: number): void {
    this.updates =
      offset < 0
        ? this.updates.slice(offset)
        : this.updates.filter((update) => update.update_id >= offset)
  }

  find(chatId: string, messageId: number): SentMessage | undefined {
    return this.sent.find(
      (message) =>
        message.chatId === chatId && message.messageId === messageId && !message.isDeleted
    )
  }

  private add(
    call: { readonly chat_id: string | number; readonly message_thread_id?: number },
    version: Version,
    file?: SentMessage["file"]
  ): Answer {
    const versions = [version]
    const message: SentMessage = {
      chatId: String(call.chat_id),
      topicId: call.message_thread_id,
      messageId: this.newMessageId(),
      versions,
      get text() {
        return versions.at(-1)!.text
      },
      get buttons() {
        return versions.at(-1)!.keyboard.flatMap((row) => row.map(({ text }) => text))
      },
      get edits() {
        return versions.length - 1
      },
      isDeleted: false,
      ...(file && { file })
    }
    this.sent.push(message)
    return done(this.shown(message))
  }

  private chatFault(chatId: string): Answer | undefined {
    if (!this.chats.has(chatId)) return bad("chat not found")
    const to = this.migrated.get(chatId)
    if (to !== undefined)
      return {
        ok: false,
        error_code: 400,
        description: "Bad Request: group chat was upgraded to a supergroup chat",
        parameters: { migrate_to_chat_id: to }
      }
    if (!this.blocked.has(chatId)) return undefined
    return refusal(
      403,
      chatId.startsWith("-")
        ? "Forbidden: bot was kicked from the group chat"
        : "Forbidden: bot was blocked by the user"
    )
  }

  private version(
    call: Pick<Parameters<"sendMessage">, "text" | "parse_mode" | "reply_markup">
  ): Version | Answer {
    const parsed =
      call.parse_mode === "HTML" ? parseHtml(call.text) : ({ ok: true, text: call.text } as const)
    if (!parsed.ok) return refusal(400, parsed.description)
    const text = parsed.text.trim()
    if (text === "") return bad("message text is empty")
    if (text.length > 4096) return bad("message is too long")
    return {
      text,
      html: call.parse_mode === "HTML" ? call.text : undefined,
      keyboard: call.reply_markup?.inline_keyboard ?? [],
      at: clock()
    }
  }

  /** A message as Telegram tells of it. */
  shown(message: SentMessage) {
    return {
      message_id: message.messageId,
      date: Math.floor(clock() / 1000),
      chat: message.chatId.startsWith("-")
        ? groupOf(Number(message.chatId))
        : { id: Number(message.chatId), type: "private" },
      ...(message.file === undefined
        ? { text: message.text }
        : { caption: message.text, document: { file_id: "A", file_name: message.file.name } })
    }
  }
}
