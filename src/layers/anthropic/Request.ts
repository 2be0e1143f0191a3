// SPDX-License-Identifier: MIT OR Apache-2.0
/** A call of `effect/ai` as the body of a Messages API request: equal input gives equal bytes. */
import type {
  CacheControlEphemeral,
  ContentBlockParam,
  MessageCreateParamsBase,
  MessageParam,
  TextBlockParam,
  Tool as WireTool,
  ToolChoice
} from "@anthropic-ai/sdk/resources/messages"
import * as AnthropicStructuredOutput from "effect/ai/AnthropicStructuredOutput"
import type * as LanguageModel from "effect/ai/LanguageModel"
import * as Prompt from "effect/ai/Prompt"
import * as Tool from "effect/ai/Tool"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { textBlocks } from "./ContentBlocks.ts"
import { toMessages } from "./History.ts"

/** The part of a request that the free token count takes too. */
export type Counted = Pick<
  MessageCreateParamsBase,
  "model" | "messages" | "cache_control" | "system"
> & {
  tools?: Array<WireTool>
}

/** What `assemble` says of a message in its options: how long the cache should keep what ends there. */
const Hint = Schema.Struct({ cache: Schema.Literals(["5m", "1h", "none"]) })
type Life = (typeof Hint.Type)["cache"]
const decodeHint = Schema.decodeUnknownOption(Hint)

const lifeOf = (message: Prompt.Message | undefined): Life =>
  Option.match(decodeHint(message?.options["anthropic"]), {
    onNone: () => "5m",
    onSome: ({ cache }) => cache
  })

const control = (life: Exclude<Life, "none">): CacheControlEphemeral =>
  life === "1h" ? { type: "ephemeral", ttl: "1h" } : { type: "ephemeral" }

const byName = (a: Tool.Any, b: Tool.Any): number =>
  a.name < b.name ? -1 : Number(a.name > b.name)

const wireTool = (tool: Tool.Any): WireTool => {
  const description = Tool.getDescription(tool)
  return {
    name: tool.name,
    ...(description === undefined ? undefined : { description }),
    input_schema: { ...Tool.getJsonSchema(tool), type: "object" }
  }
}

/** Marks the end of what stays the same from turn to turn. */
const cached = <Block extends TextBlockParam | WireTool>(
  blocks: ReadonlyArray<Block>,
  life: Life
): Array<Block> =>
  blocks.map((block, index) =>
    index === blocks.length - 1 && life !== "none"
      ? { ...block, cache_control: control(life) }
      : block
  )

/** From a breakpoint the vendor looks back over 20 blocks for what it has; two are left to spare. */
const lookBack = 18

const sizeOf = ({ content }: MessageParam): number => (Array.isArray(content) ? content.length : 1)

/** What `assemble` says of the message with which this model answered last. */
const isAnswered = Schema.is(Schema.Struct({ answered: Schema.Literal(true) }))

/** How many messages the request had that this model answered last; 0 when it never did. */
const answeredLength = (prompt: Prompt.Prompt, model: string): number => {
  const own = prompt.content.findLastIndex(({ options }) => isAnswered(options["anthropic"]))
  return own === -1 ? 0 : toMessages(Prompt.make(prompt.content.slice(0, own)), model).length
}

/**
 * Where more was said than the look-back since this model was asked last, by itself, by tools or by
 * another model, the end of that request is marked once more, so that what was written there is found.
 */
const withMiddle = (
  messages: Array<MessageParam>,
  life: Exclude<Life, "none">,
  answered: number
) => {
  const answer =
    answered === 0 ? messages.findLastIndex(({ role }) => role === "assistant") : answered
  const asked = messages[answer - 1]
  const since = messages.slice(answer).reduce((sum, message) => sum + sizeOf(message), 0)
  if (asked === undefined || !Array.isArray(asked.content) || since <= lookBack) return messages
  const end = asked.content.at(-1)
  if (end === undefined) return messages
  const marked = { ...end, cache_control: control(life) } as ContentBlockParam
  const content = (asked.content as Array<ContentBlockParam>).with(asked.content.length - 1, marked)
  return messages.with(answer - 1, { role: "user", content })
}

const wireTools = (tools: ReadonlyArray<Tool.Any>): ReadonlyArray<WireTool> =>
  tools
    .filter((tool) => !Tool.isProviderDefined(tool))
    .toSorted(byName)
    .map(wireTool)

/**
 * Cache breakpoints, three at most: the end of the fixed prefix, one that moves with the end of the
 * history, and one between where that would look back too short a way.
 */
export const countedParams = (options: {
  readonly model: string
  readonly prompt: Prompt.Prompt
  readonly tools: ReadonlyArray<Tool.Any>
}): Counted => {
  const system = options.prompt.content.flatMap((message) =>
    message.role === "system" ? textBlocks(message.content) : []
  )
  const tools = wireTools(options.tools)
  const said = options.prompt.content.filter((message) => message.role !== "system")
  const prefix = lifeOf(options.prompt.content.find((message) => message.role === "system"))
  const history = lifeOf(said.at(-1))
  const messages = toMessages(options.prompt, options.model)
  return {
    model: options.model,
    ...(tools.length === 0
      ? undefined
      : { tools: system.length === 0 ? cached(tools, prefix) : [...tools] }),
    ...(system.length === 0 ? undefined : { system: cached(system, prefix) }),
    ...(history === "none"
      ? { messages }
      : {
          messages: withMiddle(messages, history, answeredLength(options.prompt, options.model)),
          cache_control: control(history)
        })
  }
}

const toolChoice = (choice: LanguageModel.ToolChoice<string>): ToolChoice | undefined => {
  if (choice === "auto") return undefined
  if (choice === "none") return { type: "none" }
  if (choice === "required") return { type: "any" }
  if ("tool" in choice) return { type: "tool", name: choice.tool }
  return choice.mode === "required" ? { type: "any" } : undefined
}

/** What `generateObject` asks for; plain text needs no mention. */
const outputConfig = (
  format: LanguageModel.ProviderOptions["responseFormat"]
): Pick<MessageCreateParamsBase, "output_config"> | undefined =>
  format.type === "text"
    ? undefined
    : {
        output_config: {
          format: {
            type: "json_schema",
            schema: Tool.getJsonSchemaFromSchema(format.schema, {
              transformer: AnthropicStructuredOutput.toCodecAnthropic
            })
          }
        }
      }

/** Sampling and thinking are left to the model's defaults: setting them is refused by newer models. */
export const createParams = (
  options: Pick<
    LanguageModel.ProviderOptions,
    "prompt" | "tools" | "toolChoice" | "responseFormat"
  >,
  model: string,
  maxOutputTokens: number
): MessageCreateParamsBase & { stream: true } => {
  const counted = countedParams({ model, prompt: options.prompt, tools: options.tools })
  const choice = counted.tools === undefined ? undefined : toolChoice(options.toolChoice)
  return {
    ...counted,
    max_tokens: maxOutputTokens,
    ...(choice === undefined ? undefined : { tool_choice: choice }),
    ...outputConfig(options.responseFormat),
    stream: true
  }
}
