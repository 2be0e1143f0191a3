// SPDX-License-Identifier: MIT OR Apache-2.0
/** Refuses what goes beyond Telegram's limits, in windows that slide; off unless asked for. */
import { type Answer, clock } from "./State.ts"

interface Counted {
  readonly method: string
  readonly chatId: string
  readonly at: number
}

/** Methods that are counted: what puts text before a person. */
const counted = new Set([
  "sendMessage",
  "sendDocument",
  "sendPhoto",
  "sendAnimation",
  "editMessageText"
])

/** The first is for all chats together. */
const windows = [
  { most: 30, span: 1000, holds: () => true },
  { most: 3, span: 3000, holds: (chatId: string, other: string) => chatId === other },
  {
    most: 20,
    span: 60_000,
    holds: (chatId: string, other: string) => chatId.startsWith("-") && chatId === other
  }
] as const

const chatOf = (params: unknown): string | undefined =>
  typeof params === "object" && params !== null && "chat_id" in params
    ? String(params.chat_id)
    : undefined

export class Limiter {
  isStrict = false
  readonly accepted: Array<Counted> = []
  readonly refused: Array<Counted> = []

  /** The refusal, or nothing. */
  check(method: string, params: unknown): Answer | undefined {
    const chatId = chatOf(params)
    if (!this.isStrict || chatId === undefined || !counted.has(method)) return undefined
    const at = clock()
    const call = { method, chatId, at }
    for (const { holds, most, span } of windows) {
      const inside = this.accepted.filter((one) => at - one.at < span && holds(chatId, one.chatId))
      if (inside.length < most) continue
      this.refused.push(call)
      const seconds = Math.max(1, Math.ceil((inside.at(-most)!.at + span - at) / 1000))
      return {
        ok: false,
        error_code: 429,
        description: `Too Many Requests: retry after ${seconds}`,
        parameters: { retry_after: seconds }
      }
    }
    this.accepted.push(call)
    return undefined
  }
}
