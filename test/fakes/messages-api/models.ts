// SPDX-License-Identifier: MIT OR Apache-2.0
/** The models that the fake vendor has, with their limits. */

export interface Model {
  readonly id: string
  readonly context: number
  readonly maxOutput: number
  readonly cacheable: number
  /** Thinking is adaptive: switching it on by budget is refused. */
  readonly adaptive: boolean
  /** Thinking is bound to this model and this conversation. */
  readonly bound: boolean
  readonly forcedTools: boolean
  /** Thinking cannot be switched off. */
  readonly alwaysThinks: boolean
}

const model = (id: string, overrides: Partial<Model> = {}): Model => ({
  id,
  context: 1_000_000,
  maxOutput: 128_000,
  cacheable: 512,
  adaptive: true,
  bound: id.endsWith("-5-5"),
  forcedTools: true,
  alwaysThinks: false,
  ...overrides
})

const models: ReadonlyArray<Model> = [
  model("claude-haiku-5-5"),
  model("claude-sonnet-5-5", { cacheable: 1024, forcedTools: false, alwaysThinks: true }),
  model("claude-opus-5-5", { alwaysThinks: true }),
  model("claude-sonnet-5", { cacheable: 1024 }),
  model("claude-opus-5"),
  model("claude-haiku-4-5", {
    context: 200_000,
    maxOutput: 64_000,
    cacheable: 4096,
    adaptive: false
  })
]

export const modelById: ReadonlyMap<string, Model> = new Map(
  models.map((model) => [model.id, model])
)

export const modelList = {
  data: models.map((model) => ({
    type: "model",
    id: model.id,
    display_name: model.id,
    created_at: "2026-01-01T00:00:00Z",
    max_input_tokens: model.context,
    max_tokens: model.maxOutput
  })),
  has_more: false,
  first_id: models[0]!.id,
  last_id: models.at(-1)!.id
}
