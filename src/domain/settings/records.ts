// SPDX-License-Identifier: MIT OR Apache-2.0
/** Sections that people name themselves: MCP servers and further agents. */
import * as Schema from "effect/Schema"
import { Address, Flag, Name, Names, Share } from "./fields.ts"

/** Exactly one of `url` and `command`; `tools` limits which of the server's tools are offered. */
export const McpServer = Schema.Struct({
  url: Schema.optionalKey(Address),
  command: Schema.optionalKey(Names),
  tools: Schema.optionalKey(Names)
})

/** What is left out is as for the main agent. */
export const Agent = Schema.Struct({
  /** A Markdown file with the agent's system prompt. */
  persona: Schema.optionalKey(Name),
  /** Model ids, the first for ordinary turns. */
  models: Schema.optionalKey(Names),
  /** Names of the tools that it may use; an empty list allows none. */
  tools: Schema.optionalKey(Names),
  /** Names of the skills that it may use; an empty list allows none. */
  skills: Schema.optionalKey(Names),
  /** Whether it remembers from one conversation to the next. */
  memory: Schema.optionalKey(Flag),
  /** The part of the day's and of the month's budget that it may spend; `main` may have one too. */
  budget_share: Schema.optionalKey(Share),
  /** Chats that it answers, as `channel` or `channel:chat`. */
  routes: Schema.optionalKey(Names)
})
