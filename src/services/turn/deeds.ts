// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a turn has done so far, told from its journal and not from the model's words. */
import type { Step } from "../../domain/Turn.ts"

const mark = (step: Step): string => {
  if (step.state !== "finished") return `? ${step.name} (was running)`
  return step.outcome === "ok" ? `✓ ${step.name}` : `✗ ${step.name}`
}

/** "" when no tool was used. */
export const deeds = (steps: ReadonlyArray<Step>): string =>
  steps.flatMap((step) => (step.kind === "tool" ? [mark(step)] : [])).join(", ")
