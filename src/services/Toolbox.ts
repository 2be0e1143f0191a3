// SPDX-License-Identifier: MIT OR Apache-2.0
/** The tools an agent may use, by name. Adapters define them; a turn runs them one step at a time. */
import * as Tool from "effect/ai/Tool"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { deferredNames, indexLines } from "../domain/context/disclose.ts"
import { toolEstimate } from "../domain/promptEstimate.ts"
import type { Chat } from "../domain/Ids.ts"
import type { Turn } from "../domain/Turn.ts"

/** The tool could not do it; `detail` is for the model, and for the person. */
export class ToolFailed extends Schema.TaggedError<ToolFailed>()("ToolFailed", {
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

/** A tool as a model is told of it; its calls are carried out by us, and answer with text. */
export type DescribedTool = Tool.Tool<
  string,
  {
    readonly parameters: Schema.Codec<unknown, unknown>
    readonly success: typeof Schema.String
    readonly failure: typeof Schema.Never
    readonly failureMode: "error"
  }
>

/** On whose behalf a tool is called, and where its turn answers. */
export interface ToolContext {
  readonly turn: Turn
  readonly chat: Chat
  readonly callId: string
}

export interface ToolDefinition {
  readonly tool: DescribedTool
  /** Whether a call that may already have happened may be made again. */
  readonly idempotent: boolean
  /** Whether what it answers is ours, or text from outside that must be labelled. */
  readonly trusted: boolean
  /** Told of in one line only, until the model asks how to use it. */
  readonly deferred?: true
  /** Always told of in full. */
  readonly core?: true
  /** Decodes the model's parameters and does the work. Interruption ends it. */
  readonly run: (params: unknown, context: ToolContext) => Effect.Effect<string, ToolFailed>
}

/** Ties a described tool to its handler: parameters are decoded by the tool's own schema. */
export const define = <A>(options: {
  readonly name: string
  readonly description: string
  readonly parameters: Schema.Codec<A, unknown>
  readonly idempotent: boolean
  readonly trusted: boolean
  readonly deferred?: true
  readonly core?: true
  readonly run: (params: A, context: ToolContext) => Effect.Effect<string, ToolFailed>
}): ToolDefinition => ({
  tool: Tool.make(options.name, {
    description: options.description,
    parameters: options.parameters as Schema.Codec<unknown, unknown>,
    success: Schema.String
  }).annotate(Tool.Idempotent, options.idempotent),
  idempotent: options.idempotent,
  trusted: options.trusted,
  ...(options.deferred && { deferred: true as const }),
  ...(options.core && { core: true as const }),
  run: (params, context) =>
    Schema.decodeUnknownEffect(options.parameters)(params).pipe(
      Effect.mapError(
        (error) => new ToolFailed({ detail: `The parameters are wrong: ${error.message}` })
      ),
      Effect.flatMap((decoded) => options.run(decoded, context))
    )
})

const useTool = "use_tool"
const Use = Schema.Struct({
  name: Schema.NonEmptyString,
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))
})
const decodeUse = Schema.decodeUnknownOption(Use)
const encodeJson = Schema.encodeEffect(Schema.fromJsonString(Schema.Unknown))

/** How tools that the prompt only names are looked up and used. */
const onDemand = (later: ReadonlyArray<ToolDefinition>): ReadonlyArray<ToolDefinition> => {
  const byName = new Map(later.map((definition) => [definition.tool.name, definition]))
  const wanted = (name: string) =>
    Effect.mapError(
      Effect.fromOption(Option.fromUndefinedOr(byName.get(name))),
      () => new ToolFailed({ detail: `There is no further tool named ${name}.` })
    )
  return [
    define({
      name: "tool_help",
      description: "Tells what a tool of the index does and which parameters it takes.",
      parameters: Schema.Struct({ name: Schema.NonEmptyString }),
      idempotent: true,
      trusted: true,
      core: true,
      run: ({ name }) =>
        Effect.flatMap(wanted(name), ({ tool }) =>
          encodeJson(Tool.getJsonSchema(tool)).pipe(
            Effect.orDie,
            Effect.map((schema) => `${name}: ${Tool.getDescription(tool) ?? ""}\n${schema}`)
          )
        )
    }),
    define({
      name: useTool,
      description: "Uses a tool of the index; look it up with tool_help first.",
      parameters: Use,
      idempotent: false,
      trusted: false,
      core: true,
      run: ({ name, params }, context) =>
        Effect.flatMap(wanted(name), (found) => found.run(params ?? {}, context))
    })
  ]
}

/** A call as it is to be carried out: a call of `use_tool` is one of the tool that it names. */
export interface ResolvedCall {
  readonly name: string
  readonly params: unknown
  readonly definition: Option.Option<ToolDefinition>
}

export class Toolbox extends Context.Service<
  Toolbox,
  {
    /** Sorted by name, so that the prompt's prefix stays the same. */
    readonly tools: ReadonlyArray<ToolDefinition>
    /** Those that a model is told of in full, sorted by name. */
    readonly visible: ReadonlyArray<ToolDefinition>
    /** The others, one line each; "" when there are none. */
    readonly index: string
    readonly find: (name: string) => Option.Option<ToolDefinition>
    readonly resolve: (call: { readonly name: string; readonly params: unknown }) => ResolvedCall
  }
>()("blufio/services/Toolbox") {
  static readonly fromList = (definitions: ReadonlyArray<ToolDefinition>) => {
    const byNameOrder = (a: ToolDefinition, b: ToolDefinition) =>
      a.tool.name < b.tool.name ? -1 : 1
    const described = definitions.map((definition) => ({
      name: definition.tool.name,
      description: Tool.getDescription(definition.tool) ?? "",
      tokens: toolEstimate(definition.tool),
      deferred: definition.deferred === true,
      core: definition.core === true
    }))
    const put = deferredNames(described)
    const later = definitions.filter(({ tool }) => put.has(tool.name))
    const generic = later.length === 0 ? [] : onDemand(later)
    const tools = [...definitions, ...generic].toSorted(byNameOrder)
    const byName = new Map(tools.map((definition) => [definition.tool.name, definition]))
    const find = (name: string) => Option.fromUndefinedOr(byName.get(name))
    return Toolbox.of({
      tools,
      visible: tools.filter(({ tool }) => !put.has(tool.name)),
      index: indexLines(described.filter(({ name }) => put.has(name))),
      find,
      resolve: ({ name, params }) => {
        const named = generic.length > 0 && name === useTool ? decodeUse(params) : Option.none()
        return Option.match(named, {
          onNone: () => ({ name, params, definition: find(name) }),
          onSome: (use) => ({
            name: use.name,
            params: use.params ?? {},
            definition: find(use.name)
          })
        })
      }
    })
  }
}
