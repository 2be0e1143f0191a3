// SPDX-License-Identifier: MIT OR Apache-2.0
/** Service errors in the API's words. What repeats a caller's own words is scrubbed. */
import { redact } from "../../domain/redaction/scan.ts"

export const storeFailed = () => ({
  error: {
    type: "storage_failed" as const,
    message: "The database failed. Check the disk and its free space; the log says more."
  }
})

export const badRequest = (message: string) => ({
  error: { type: "invalid_request" as const, message: redact(message) }
})

export const unauthorized = (message: string) => ({
  error: { type: "unauthorized" as const, message }
})

export const tooMany = (message: string) => ({
  error: { type: "too_many_requests" as const, message }
})

export const refused = (message: string) => ({
  error: { type: "refused" as const, message }
})

export const notFound = (message: string) => ({
  error: { type: "not_found" as const, message: redact(message) }
})

/** What ended a turn, as an error that carries the explanation which stands in the chat. */
export const turnFailed = (failure: string, message: string) =>
  failure === "BudgetExceeded"
    ? { error: { type: "budget_exceeded" as const, message } }
    : { error: { type: "turn_failed" as const, message } }
