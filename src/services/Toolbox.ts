// SPDX-License-Identifier: MIT OR Apache-2.0
/** The tools an agent may use, by name. Adapters define them; a turn runs them one step at a time. */
import * as Tool from "effect/ai/Tool"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
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
  readonly run: (params: A, context: ToolContext) => Effect.Effect<string, ToolFailed>
}): ToolDefinition => ({
  tool: Tool.make(options.name, {
    description: options.description,
    parameters: options.parameters as Schema.Codec<unknown, unknown>,
    success: Schema.String
  }).annotate(Tool.Idempotent, options.idempotent),
  idempotent: options.idempotent,
  trusted: options.trusted,
  run: (params, context) =>
    Schema.decodeUnknownEffect(options.parameters)(params).pipe(
      Effect.mapError(
        (error) => new ToolFailed({ detail: `The parameters are wrong: ${error.message}` })
      ),
      Effect.flatMap((decoded) => options.run(decoded, context))
    )
})

export class Toolbox extends Context.Service<
  Toolbox,
  {
    /** Sorted by name, so that the prompt's prefix stays the same. */
    readonly tools: ReadonlyArray<ToolDefinition>
    readonly find: (name: string) => Option.Option<ToolDefinition>
  }
>()("blufio/services/Toolbox") {
  static readonly fromList = (definitions: ReadonlyArray<ToolDefinition>) => {
    const tools = definitions.toSorted((a, b) => (a.tool.name < b.tool.name ? -1 : 1))
    const byName = new Map(tools.map((definition) => [definition.tool.name, definition]))
    return Toolbox.of({ tools, find: (name) => Option.fromUndefinedOr(byName.get(name)) })
  }
}
