// SPDX-License-Identifier: MIT OR Apache-2.0
/** A call of `effect/ai` as the body of a Messages API request: equal input gives equal bytes. */
import type {
  MessageCreateParamsBase,
  TextBlockParam,
  Tool as WireTool,
  ToolChoice
} from "@anthropic-ai/sdk/resources/messages"
import * as AnthropicStructuredOutput from "effect/ai/AnthropicStructuredOutput"
import type * as LanguageModel from "effect/ai/LanguageModel"
import type * as Prompt from "effect/ai/Prompt"
import * as Tool from "effect/ai/Tool"
import { textBlocks } from "./ContentBlocks.ts"
import { toMessages } from "./History.ts"

/** The part of a request that the free token count takes too. */
export type Counted = Pick<
  MessageCreateParamsBase,
  "model" | "messages" | "cache_control" | "system"
> & {
  tools?: Array<WireTool>
}

const ephemeral = { type: "ephemeral" } as const

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
  blocks: ReadonlyArray<Block>
): Array<Block> =>
  blocks.map((block, index) =>
    index === blocks.length - 1 ? { ...block, cache_control: ephemeral } : block
  )

const wireTools = (tools: ReadonlyArray<Tool.Any>): ReadonlyArray<WireTool> =>
  tools
    .filter((tool) => !Tool.isProviderDefined(tool))
    .toSorted(byName)
    .map(wireTool)

/** Two cache breakpoints: the end of the fixed prefix, and one that moves with the history. */
export const countedParams = (options: {
  readonly model: string
  readonly prompt: Prompt.Prompt
  readonly tools: ReadonlyArray<Tool.Any>
}): Counted => {
  const system = options.prompt.content.flatMap((message) =>
    message.role === "system" ? textBlocks(message.content) : []
  )
  const tools = wireTools(options.tools)
  return {
    model: options.model,
    ...(tools.length === 0
      ? undefined
      : { tools: system.length === 0 ? cached(tools) : [...tools] }),
    ...(system.length === 0 ? undefined : { system: cached(system) }),
    messages: toMessages(options.prompt, options.model),
    cache_control: ephemeral
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
