// SPDX-License-Identifier: MIT OR Apache-2.0
import type { Turn } from "../domain/Turn.ts"
import type { Audit } from "./Audit.ts"

/** What became of a question about a tool's call; silence means no. */
export const recordAnswer = (
  audit: Audit["Service"],
  turn: Turn,
  actor: string,
  answer: "approve" | "deny" | "expired"
) =>
  audit.record({
    action: answer === "approve" ? "approval.granted" : "approval.denied",
    actor,
    subject: turn.question?.tool ?? "",
    outcome: "ok",
    detail: { turn: turn.id, ...(answer === "expired" ? { expired: true } : {}) }
  })
