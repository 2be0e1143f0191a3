// SPDX-License-Identifier: MIT OR Apache-2.0
/** The commands people type in chat (contract 6): one list for parsing, help and channel menus. */

export interface ChatCommand {
  readonly name: string
  readonly description: string
}

export const chatCommands = [
  { name: "help", description: "what I can do" },
  { name: "new", description: "start a new conversation" },
  { name: "stop", description: "stop what I am doing" },
  { name: "status", description: "what is running, and what it cost today" },
  { name: "usage", description: "what was spent: day or month, by model, session or purpose" },
  { name: "budget", description: "what may still be spent" },
  { name: "context", description: "what the model is shown, and where the tokens go" },
  { name: "compact", description: "condense what was said so far: /compact [what matters]" },
  { name: "model", description: "which model answers, or choose one: /model complex" },
  { name: "why", description: "why that model answered, and what it cost" },
  { name: "whoami", description: "who you are to me" },
  { name: "retry", description: "answer your last message again" },
  { name: "approve", description: "yes, do what you asked about" },
  { name: "deny", description: "no, do not do it" },
  { name: "remind", description: "remind you: /remind tomorrow at 9 call mum; list; rm ID" },
  {
    name: "cron",
    description: "do something again and again: /cron every day at 8: PROMPT; list; run ID; rm ID"
  }
] as const satisfies ReadonlyArray<ChatCommand>

export type CommandName = (typeof chatCommands)[number]["name"]

export type Parsed =
  | { readonly _tag: "Message" }
  | { readonly _tag: "Command"; readonly name: CommandName; readonly rest: string }
  | { readonly _tag: "Unknown"; readonly name: string }

/**
 * Reads a message as a command: a leading slash, or the lone word "stop". `/name@bot` is what
 * Telegram sends in groups. A slash that is followed by anything but a word (a path, "/ 2") is text.
 */
export const parse = (text: string): Parsed => {
  const trimmed = text.trim()
  if (/^stop[.!]*$/i.test(trimmed)) return { _tag: "Command", name: "stop", rest: "" }
  const match = /^\/([a-z][a-z0-9_]*)(?:@\w+)?(?:\s+([\s\S]*))?$/i.exec(trimmed)
  if (match === null) return { _tag: "Message" }
  const name = match[1]!.toLowerCase()
  // Telegram sends it when a person opens the bot for the first time.
  const wanted = name === "start" ? "help" : name
  const known = chatCommands.find((command) => command.name === wanted)
  return known === undefined
    ? { _tag: "Unknown", name }
    : { _tag: "Command", name: known.name, rest: match[2] ?? "" }
}
