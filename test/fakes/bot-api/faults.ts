// SPDX-License-Identifier: MIT OR Apache-2.0
/** Ways in which the Bot API, or the way to it, misbehaves on request. */
import { type Answer, refusal } from "./State.ts"

export type Fault =
  | { readonly kind: "rate-limit"; readonly retryAfter: number }
  | { readonly kind: "refuse"; readonly code: number; readonly description: string }
  /** A proxy's error page. */
  | { readonly kind: "html"; readonly status: number }
  /** The connection is cut before anything is done. */
  | { readonly kind: "reset" }
  /** Nothing is done and no answer ever comes. */
  | { readonly kind: "hang" }
  /** The answer begins and never ends: a half-open connection. */
  | { readonly kind: "half-open" }
  /** It is done, but the answer's JSON is cut short. */
  | { readonly kind: "truncated" }
  /** It is done, but the connection is cut before the answer. */
  | { readonly kind: "lost" }

export const refuseMarkup: Fault = {
  kind: "refuse",
  code: 400,
  description: "Bad Request: can't parse entities: refused on request"
}
export const blocked: Fault = {
  kind: "refuse",
  code: 403,
  description: "Forbidden: bot was blocked by the user"
}
export const unauthorized: Fault = { kind: "refuse", code: 401, description: "Unauthorized" }
export const conflict: Fault = {
  kind: "refuse",
  code: 409,
  description:
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
}

/** The answer that a fault gives instead; `undefined` for those that give none or act first. */
export const answerOf = (fault: Fault): Answer | undefined => {
  switch (fault.kind) {
    case "rate-limit":
      return {
        ok: false,
        error_code: 429,
        description: `Too Many Requests: retry after ${fault.retryAfter}`,
        parameters: { retry_after: fault.retryAfter }
      }
    case "refuse":
      return refusal(fault.code, fault.description)
    default:
      return undefined
  }
}

/** What is to go wrong next, per method. */
export class Script {
  private readonly pending = new Map<string, Array<{ readonly fault: Fault; left: number }>>()

  add(method: string, fault: Fault, times: number): void {
    this.pending.set(method, [...(this.pending.get(method) ?? []), { fault, left: times }])
  }

  clear(method: string): void {
    this.pending.delete(method)
  }

  next(method: string): Fault | undefined {
    const queue = this.pending.get(method)
    const first = queue?.[0]
    if (first === undefined) return undefined
    first.left--
    if (first.left <= 0) queue?.shift()
    return first.fault
  }
}
