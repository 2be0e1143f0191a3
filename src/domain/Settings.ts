// SPDX-License-Identifier: MIT OR Apache-2.0
/** Everything a person may configure, with its defaults, under the names of the file (contract 3). */
import * as Schema from "effect/Schema"
import {
  Address,
  AddressOrNone,
  Cidrs,
  ClockTimes,
  Count,
  CountOrNone,
  Dollars,
  Flag,
  key,
  Name,
  Names,
  OneOf,
  Pages,
  Port,
  section,
  Share,
  Text,
  TimeZone,
  WholeNumbers
} from "./settings/fields.ts"
import { PriceRow } from "./settings/prices.ts"
import { Agent, McpServer } from "./settings/records.ts"
import { Span } from "./settings/span.ts"

const agent = section({
  name: key(Name, "Blufio"),
  system_prompt: key(Text, ""),
  system_prompt_file: key(Text, ""),
  personality_files: key(Names, []),
  max_tool_iterations: key(Count, 10),
  max_concurrent_turns: key(Count, 16),
  turn_timeout: key(Span, "10 minutes"),
  drain_timeout: key(Span, "20 seconds"),
  time_zone: key(TimeZone, "UTC")
})

const storage = section({
  /** After loading: an absolute path, the default's place when it was not set. */
  path: key(Text, ""),
  engine: key(OneOf(["sqlite", "postgres"]), "sqlite"),
  url: key(Text, "")
})

const provider = section({
  /** Not set: decided at start by whether a model key or a vault is there. */
  default: Schema.optionalKey(OneOf(["anthropic", "demo"])),
  anthropic: section({
    base_url: key(Address, "https://api.anthropic.com"),
    model_simple: key(Name, "claude-haiku-5-5"),
    model_standard: key(Name, "claude-sonnet-5-5"),
    model_complex: key(Name, "claude-opus-5-5"),
    max_retries: key(CountOrNone, 3)
  }),
  prices: key(Schema.Record(Schema.String, PriceRow), {})
})

const telegram = section({
  enabled: key(Flag, true),
  api_root: key(Address, "https://api.telegram.org"),
  allowed_users: key(WholeNumbers, []),
  poll_timeout: key(Span, "50 seconds"),
  edit_interval: key(Span, "1200 millis"),
  join_within: key(Span, "400 millis")
})

const transcription = section({
  /** The recording's path comes last. */
  command: key(Names, []),
  url: key(AddressOrNone, ""),
  timeout: key(Span, "5 minutes"),
  /** Not set: nothing on this machine, and not known anywhere else. */
  usd_per_minute: Schema.optionalKey(Dollars)
})

const gateway = section({
  host: key(Name, "127.0.0.1"),
  port: key(Port, 2583),
  tls_cert: key(Text, ""),
  tls_key: key(Text, "")
})

const budget = section({
  daily_usd: key(Dollars, 3),
  monthly_usd: key(Dollars, 50),
  per_turn_usd: key(Dollars, 1),
  heartbeat_monthly_usd: key(Dollars, 10)
})

const context = section({
  window_tokens: key(Count, 180_000),
  compact_at: key(Share, 0.75),
  memory_tokens: key(CountOrNone, 1500),
  skill_tokens: key(CountOrNone, 1200)
})

const heartbeat = section({
  enabled: key(Flag, false),
  every: key(Span, "30 minutes"),
  model: key(Name, "claude-haiku-5-5"),
  /** From the first to the second, in `agent.time_zone`; two equal times: never quiet. */
  quiet_hours: key(ClockTimes, ["22:00", "08:00"])
})

const memory = section({
  enabled: key(Flag, true),
  top_k: key(Count, 6),
  model: key(Name, "all-minilm-l6-v2"),
  idle_unload: key(Span, "60 seconds")
})

const tools = section({
  approval: key(OneOf(["ask", "auto", "deny"]), "ask"),
  bash_enabled: key(Flag, true),
  workspace: key(Text, ""),
  allowed_hosts: key(Names, ["*"]),
  http_allow_private: key(Cidrs, [])
})

const skills = section({
  dirs: key(Names, []),
  fuel: key(Count, 1_000_000_000),
  memory_pages: key(Pages, 256),
  timeout: key(Span, "5 seconds"),
  isolation: key(OneOf(["worker", "process"]), "worker")
})

const observability = section({
  log_format: key(OneOf(["json", "pretty"]), "json"),
  otlp_endpoint: key(AddressOrNone, "")
})

export const SettingsData = Schema.Struct({
  agent,
  storage,
  provider,
  telegram,
  transcription,
  gateway,
  budget,
  context,
  heartbeat,
  memory,
  tools,
  skills,
  mcp: section({ servers: key(Schema.Record(Schema.String, McpServer), {}) }),
  agents: key(Schema.Record(Schema.String, Agent), {}),
  observability
})
export type SettingsData = typeof SettingsData.Type
