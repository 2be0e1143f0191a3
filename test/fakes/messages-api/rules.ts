// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vendor's rules about a request as a whole. The first one broken is the answer. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import { type Block, blocksOf, decodeMessages, type MessagesBody } from "./Body.ts"
import { breakpoints, promptTokens } from "./cache.ts"
import { filesFault } from "./files.ts"
import { type Model, modelById } from "./models.ts"
import { type Issued, thinkingFault } from "./thinking.ts"
import { toolFault } from "./toolPairs.ts"

export interface Violation {
  readonly status: number
  readonly type: string
  readonly message: string
}

const invalid = (message: string): Violation => ({
  status: 400,
  type: "invalid_request_error",
  message
})

const isBlank = (block: Block): boolean => block.type === "text" && block.text.trim() === ""

const allowed = {
  user: new Set(["text", "image", "document", "tool_result"]),
  assistant: new Set(["text", "tool_use", "thinking", "redacted_thinking"])
}

const messageFault = (body: MessagesBody): string | undefined => {
  if (body.messages[0].role !== "user") return "messages: first message must use the user role"
  if (body.messages.at(-1)?.role === "assistant") {
    return "This model does not support assistant message prefill"
  }
  for (const [index, message] of body.messages.entries()) {
    const blocks = blocksOf(message)
    if (blocks.length === 0) return `messages.${index}: content must not be empty`
    if (blocks.some(isBlank)) return `messages.${index}: text content blocks must be non-empty`
    const foreign = blocks.find((block) => !allowed[message.role].has(block.type))
    if (foreign !== undefined)
      return `messages.${index}: ${foreign.type} is not for ${message.role}`
  }
  const system = typeof body.system === "string" ? [{ text: body.system }] : (body.system ?? [])
  return system.some((block) => block.text.trim() === "")
    ? "system: text content blocks must be non-empty"
    : undefined
}

const modelFault = (body: MessagesBody, model: Model): string | undefined => {
  if (body.max_tokens > model.maxOutput) {
    return `max_tokens: ${body.max_tokens} > ${model.maxOutput}, the most that ${model.id} allows`
  }
  if (body.thinking?.type === "enabled" && model.adaptive) {
    return "thinking: enabled is not supported, use adaptive"
  }
  if (body.thinking?.type === "disabled" && model.alwaysThinks) {
    return "thinking: cannot be disabled on this model"
  }
  const forced = body.tool_choice?.type === "any" || body.tool_choice?.type === "tool"
  if (forced && !model.forcedTools) return "tool_choice: forced tool use is not supported"
  if (body.tool_choice !== undefined && (body.tools ?? []).length === 0) {
    return "tool_choice may only be specified while providing tools"
  }
  const names = (body.tools ?? []).map((tool) => tool.name)
  return new Set(names).size === names.length ? undefined : "tools: names must be unique"
}

const cacheFault = (body: MessagesBody): string | undefined => {
  const lifetimes = breakpoints(body)
  if (lifetimes.length > 4) return "a maximum of 4 blocks with cache_control may be provided"
  return lifetimes.lastIndexOf("1h") > lifetimes.indexOf("5m") && lifetimes.includes("5m")
    ? "cache_control: a ttl of 1h must not come after one of 5m"
    : undefined
}

const sampling = ["temperature", "top_p", "top_k"]

const windowFault = (body: MessagesBody, model: Model): string | undefined => {
  const tokens = promptTokens(body)
  return tokens > model.context
    ? `prompt is too long: ${tokens} tokens > ${model.context} maximum`
    : undefined
}

export interface Accepted {
  readonly body: MessagesBody
  readonly model: Model
}

const hasSystemRole = (raw: object): boolean =>
  Predicate.hasProperty(raw, "messages") &&
  Array.isArray(raw.messages) &&
  raw.messages.some(
    (message) => Predicate.hasProperty(message, "role") && message.role === "system"
  )

export const check = (
  raw: unknown,
  issued: ReadonlyArray<Issued>
): Result.Result<Accepted, Violation> => {
  if (!Predicate.isObject(raw)) return Result.fail(invalid("the body is not an object"))
  const sampled = sampling.find((field) => Predicate.hasProperty(raw, field))
  if (sampled !== undefined) return Result.fail(invalid(`${sampled}: not supported`))
  if (hasSystemRole(raw)) return Result.fail(invalid("messages: role system is not supported"))
  const name = Predicate.hasProperty(raw, "model") ? raw.model : undefined
  const model = Predicate.isString(name) ? modelById.get(name) : undefined
  if (model === undefined) {
    return Result.fail({ status: 404, type: "not_found_error", message: `model: ${String(name)}` })
  }
  const decoded = decodeMessages(raw)
  if (Result.isFailure(decoded)) return Result.fail(invalid(decoded.failure.message))
  const body = decoded.success
  const fault =
    modelFault(body, model) ??
    messageFault(body) ??
    filesFault(body) ??
    toolFault(body) ??
    cacheFault(body) ??
    thinkingFault(body, model, issued) ??
    windowFault(body, model)
  return fault === undefined ? Result.succeed({ body, model }) : Result.fail(invalid(fault))
}
