// SPDX-License-Identifier: MIT OR Apache-2.0
/** Every kind of fault has its line, its key and what was expected, and none hides another. */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cause from "effect/Cause"
import * as Schema from "effect/Schema"
import { faultsOf, loadText, nodeServices } from "./directory.ts"

const aCount = "expected a whole number of at least 1"
const aSpan = 'expected a duration above zero, such as "10 minutes" or "1200 millis"'
const anAddress = "expected an https:// address (http:// only for a loopback host)"
const dollars = "an amount in dollars: a number of at least 0"
const insteadOf = (key: string, variable: string) =>
  `${key}: secrets never stand in the configuration; store it in the vault instead: blufio secret set ${variable}`
const anthropicKey = "ANTHROPIC_API_KEY"
const botToken = "TELEGRAM_BOT_TOKEN"
const someVariable = "NAME, such as ANTHROPIC_API_KEY"

const aBotToken = `123456789:${"Ab-_9".repeat(7)}`

const cases: ReadonlyArray<readonly [string, string]> = [
  // Unknown keys, and what was probably meant.
  [
    "[agent]\nmax_tool_iteratons = 3",
    "2: agent.max_tool_iteratons: unknown key; did you mean agent.max_tool_iterations?"
  ],
  ["max_retries = 3", "1: max_retries: unknown key; did you mean provider.anthropic.max_retries?"],
  [
    "[provider]\nmodel_standard = 'x'",
    "2: provider.model_standard: unknown key; did you mean provider.anthropic.model_standard?"
  ],
  ["[telegrm]\nenabled = true\nx = 1", "1: telegrm: unknown key; did you mean telegram?"],
  ["[Agent]\nname = 'x'", "1: Agent: unknown key; did you mean agent?"],
  [
    "[provider.prices.'m.1']\ninput = 1\noutput = 2\ncache_raed = 1",
    '4: provider.prices."m.1".cache_raed: unknown key; did you mean provider.prices."m.1".cache_read?'
  ],
  [
    "[agents.a]\npersonna = 'x'",
    "2: agents.a.personna: unknown key; did you mean agents.a.persona?"
  ],
  ["completely_different = 1", "1: completely_different: unknown key"],
  ["agents.__proto__.memory = true", "1: agents.__proto__: unknown key"],
  // Wrong types and values.
  ["agent.name = 3", "1: agent.name: expected a string that is not empty"],
  ["agent.name = ''", "1: agent.name: expected a string that is not empty"],
  ["agent.name = 1979-05-27", "1: agent.name: expected a string that is not empty"],
  ["agent.system_prompt = [1]", "1: agent.system_prompt: expected a string"],
  [
    "agent.personality_files = ['a', 1, 2]",
    "1: agent.personality_files: expected a list of strings"
  ],
  ["agent.max_tool_iterations = '3'", `1: agent.max_tool_iterations: ${aCount}`],
  ["agent.max_tool_iterations = 0", `1: agent.max_tool_iterations: ${aCount}`],
  ["agent.max_tool_iterations = 1.5", `1: agent.max_tool_iterations: ${aCount}`],
  ["agent.turn_timeout = '10 fortnights'", `1: agent.turn_timeout: ${aSpan}`],
  ["agent.turn_timeout = '-1 minutes'", `1: agent.turn_timeout: ${aSpan}`],
  ["agent.turn_timeout = '0 seconds'", `1: agent.turn_timeout: ${aSpan}`],
  ["agent.turn_timeout = 'Infinity'", `1: agent.turn_timeout: ${aSpan}`],
  ["agent.turn_timeout = 10", `1: agent.turn_timeout: ${aSpan}`],
  [
    "agent.time_zone = 'Mars/Base'",
    '1: agent.time_zone: expected a time zone, such as "UTC" or "Europe/Berlin"'
  ],
  ["telegram.enabled = 'yes'", "1: telegram.enabled: expected true or false"],
  [
    "[telegram]\nallowed_users = [\n  1,\n  'two',\n]",
    "4: telegram.allowed_users: expected a list of whole numbers"
  ],
  ["gateway.port = 65536", "1: gateway.port: expected a port: a whole number from 0 to 65535"],
  ["gateway.port = -1", "1: gateway.port: expected a port: a whole number from 0 to 65535"],
  ["budget.daily_usd = -0.5", `1: budget.daily_usd: expected ${dollars}`],
  ["budget.daily_usd = inf", `1: budget.daily_usd: expected ${dollars}`],
  ["budget.daily_usd = nan", `1: budget.daily_usd: expected ${dollars}`],
  [
    "context.compact_at = 0",
    "1: context.compact_at: expected a share: a number above 0 and at most 1"
  ],
  [
    "context.compact_at = 1.01",
    "1: context.compact_at: expected a share: a number above 0 and at most 1"
  ],
  [
    "heartbeat.quiet_hours = ['22:00', '24:00']",
    '1: heartbeat.quiet_hours: expected two times of day, such as ["22:00", "08:00"]'
  ],
  [
    "heartbeat.quiet_hours = ['22:00']",
    '1: heartbeat.quiet_hours: expected two times of day, such as ["22:00", "08:00"]'
  ],
  ["tools.approval = 'maybe'", '1: tools.approval: expected "ask" or "auto" or "deny"'],
  [
    "tools.http_allow_private = ['10.0.0.0/33']",
    '1: tools.http_allow_private: expected a list of networks, such as "10.0.0.0/8"'
  ],
  ["provider.default = 'openai'", '1: provider.default: expected "anthropic" or "demo"'],
  ["provider.prices.m.input = 1", `1: provider.prices.m.output: missing; expected ${dollars}`],
  ["gateway = 3", "1: gateway: expected a section, [gateway]"],
  ["agent = 1979-05-27", "1: agent: expected a section, [agent]"],
  ["[[agent]]\nname = 'x'", "1: agent: expected a section, [agent]"],
  ["mcp.servers.a = 'x'", "1: mcp.servers.a: expected a section, [mcp.servers.a]"],
  // Addresses that would leave the machine in the clear.
  [
    "provider.anthropic.base_url = 'http://api.example'",
    `1: provider.anthropic.base_url: ${anAddress}`
  ],
  [
    "provider.anthropic.base_url = 'http://127.0.0.1.example'",
    `1: provider.anthropic.base_url: ${anAddress}`
  ],
  ["telegram.api_root = 'ftp://localhost'", `1: telegram.api_root: ${anAddress}`],
  ["telegram.api_root = ''", `1: telegram.api_root: ${anAddress}`],
  ["transcription.command = 'whisper'", "1: transcription.command: expected a list of strings"],
  [
    "transcription.timeout = '0 seconds'",
    '1: transcription.timeout: expected a duration above zero, such as "10 minutes" or "1200 millis"'
  ],
  ["transcription.url = 'http://192.168.0.2/x'", `1: transcription.url: ${anAddress}, or ""`],
  [
    "observability.otlp_endpoint = 'nonsense'",
    `1: observability.otlp_endpoint: ${anAddress}, or ""`
  ],
  ["mcp.servers.a.url = 'ws://mcp.example'", `1: mcp.servers.a.url: ${anAddress}`],
  // Rules over several keys.
  [
    "[agent]\nsystem_prompt = 'a'\nsystem_prompt_file = 'b'",
    "3: agent.system_prompt_file: expected at most one of agent.system_prompt and agent.system_prompt_file"
  ],
  [
    "[transcription]\ncommand = ['a']\nurl = 'https://b.example'",
    "3: transcription.url: expected at most one of transcription.command and transcription.url"
  ],
  [
    "[gateway]\nhost = '0.0.0.0'\ntls_cert = 'c.pem'",
    "2: gateway.host: expected a loopback host, such as 127.0.0.1; any other needs both gateway.tls_cert and gateway.tls_key"
  ],
  [
    "[gateway]\ntls_cert = 'c.pem'",
    "1: gateway.tls_key: expected both gateway.tls_cert and gateway.tls_key, or neither"
  ],
  [
    "[storage]\nengine = 'postgres'\nurl = 'postgres://db'",
    '2: storage.engine: expected "sqlite"; "postgres" comes in a later release'
  ],
  ["[mcp.servers.a]", "1: mcp.servers.a: expected exactly one of url and command"],
  [
    "[mcp.servers.a]\nurl = 'https://a.example'\ncommand = ['a']",
    "1: mcp.servers.a: expected exactly one of url and command"
  ],
  ["[mcp.servers.a]\ncommand = []", "2: mcp.servers.a.command: expected a program to run"],
  // Secrets, by name and by shape, wherever they stand.
  [
    "[provider.anthropic]\napi_key = 'x'",
    `2: ${insteadOf("provider.anthropic.api_key", anthropicKey)}`
  ],
  ["[telegram]\nbot_token = 'x'", `2: ${insteadOf("telegram.bot_token", botToken)}`],
  [
    "[transcription]\napi_key = 'x'",
    `2: ${insteadOf("transcription.api_key", "TRANSCRIPTION_API_KEY")}`
  ],
  ["[gateway]\npassword = 'x'", `2: ${insteadOf("gateway.password", someVariable)}`],
  [
    "agent.system_prompt = '''\nhello\nsk-ant-api03-abcdefgh'''",
    `1: ${insteadOf("agent.system_prompt", anthropicKey)}`
  ],
  [`agent.name = "${aBotToken}"`, `1: ${insteadOf("agent.name", botToken)}`],
  ["agent.name = 'sk-proj-0123456789abcdef'", `1: ${insteadOf("agent.name", someVariable)}`],
  [
    "mcp.servers.a.command = ['x', 'ghp_0123456789abcdefghij']",
    `1: ${insteadOf("mcp.servers.a.command", someVariable)}`
  ],
  ["agent.name = 'xoxb-0123456789'", `1: ${insteadOf("agent.name", someVariable)}`],
  ["agent.name = 'AKIAIOSFODNN7EXAMPLE'", `1: ${insteadOf("agent.name", someVariable)}`],
  [
    "agent.system_prompt = '-----BEGIN EC PRIVATE KEY-----'",
    `1: ${insteadOf("agent.system_prompt", someVariable)}`
  ],
  [
    "transcription.url = 'https://me:pass@x.example'",
    `1: ${insteadOf("transcription.url", someVariable)}`
  ],
  ["unknown = [['sk-ant-api03-abcdefgh']]", `1: ${insteadOf("unknown", anthropicKey)}`],
  ["[agents]\nsk-ant-api03-abcdefgh = 1", `2: ${insteadOf("agents", anthropicKey)}`],
  [
    "# was: sk-ant-api03-abcdefgh\n",
    "1: secrets never stand in the configuration; store it in the vault instead: blufio secret set ANTHROPIC_API_KEY"
  ],
  // Whatever the redaction knows by its form.
  ...[
    ["gl", "pat-Ab3dEf7hIj1kLm5nOp9q"],
    ["h", "f_Ab3dEf7hIj1kLm5nOp9qRs2tUv4wXy6z"],
    ["AI", "zaSyAb3dEf7hIj1kLm5nOp9qRs2tUv4wXy6zA"],
    ["gs", "k_Ab3dEf7hIj1kLm5nOp9qRs2tUv4wXy6zA"],
    ["https://x.example/?token=sk", "_live_Ab3dEf7hIj1kLm5nOp9q"]
  ].map(
    (parts) =>
      [
        `agent.system_prompt = '${parts.join("")}'`,
        `1: ${insteadOf("agent.system_prompt", someVariable)}`
      ] as const
  ),
  // Text that is not TOML.
  ["[agent]\nname = ", "2: not valid TOML: Unspecified values are invalid"],
  ["a = 1\na = 2", "2: not valid TOML: Defining a key multiple times is invalid"],
  ["[agent", "1: not valid TOML: Unterminated table-key"],
  [
    `a = ${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    " not readable as TOML; is it nested too deeply?"
  ]
]

layer(nodeServices)("faults", (it) => {
  for (const [text, fault] of cases) {
    it.effect(`${text.slice(0, 80)} -> ${fault}`, () =>
      Effect.gen(function* () {
        assert.deepEqual(yield* faultsOf(text), [fault])
      })
    )
  }

  it.effect("all faults are told at once, in the order of the file, then of the environment", () =>
    Effect.gen(function* () {
      const faults = yield* faultsOf(
        [
          "colour = 'red'",
          "[agent]",
          "nmae = 'x'",
          "turn_timeout = 'soon'",
          "system_prompt = 'a'",
          "system_prompt_file = 'b'",
          "[gateway]",
          "host = '0.0.0.0'",
          "port = 'http'",
          "[provider.prices.m]",
          "input = 'much'"
        ].join("\n"),
        { BLUFIO__AGENT__NAMEE: "x", BLUFIO__BUDGET__DAILY_USD: "much", BLUFIO__GATEWAY: "x" }
      )
      assert.deepEqual(
        faults.map((line) => line.split(": ").slice(0, 2).join(" ").trim()),
        [
          "1 colour",
          "3 agent.nmae",
          "4 agent.turn_timeout",
          "6 agent.system_prompt_file",
          "8 gateway.host",
          "9 gateway.port",
          "10 provider.prices.m.output",
          "11 provider.prices.m.input",
          "BLUFIO__AGENT__NAMEE agent.namee",
          "BLUFIO__GATEWAY gateway",
          "BLUFIO__BUDGET__DAILY_USD budget.daily_usd"
        ]
      )
    })
  )

  it.effect("a variable's fault names the variable, and a variable sets one value only", () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* faultsOf("", { BLUFIO__AGENT__MAX_TOOL_ITERATION: "3" }), [
        "BLUFIO__AGENT__MAX_TOOL_ITERATION: agent.max_tool_iteration: unknown key; did you mean agent.max_tool_iterations?"
      ])
      assert.deepEqual(yield* faultsOf("", { BLUFIO__GATEWAY__PORT: "1\nx = 2" }), [
        "BLUFIO__GATEWAY__PORT: gateway.port: expected a port: a whole number from 0 to 65535"
      ])
      assert.deepEqual(yield* faultsOf("", { BLUFIO__: "x" }), ['BLUFIO__: "": unknown key'])
      assert.deepEqual(yield* faultsOf("", { BLUFIO__PROVIDER__PRICES__m__INPUT: "1" }), [
        `BLUFIO__PROVIDER__PRICES__m__INPUT: provider.prices.m.output: missing; expected ${dollars}`
      ])
    })
  )

  it.effect("a variable of this kind is no place for a secret either", () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* faultsOf("", { BLUFIO__AGENT__NAME: aBotToken }), [
        `BLUFIO__AGENT__NAME: ${insteadOf("agent.name", botToken)}`
      ])
    })
  )

  it.effect("a rule is silent where what it looks at is at fault itself", () =>
    Effect.gen(function* () {
      const text = "[gateway]\nhost = '0.0.0.0'\ntls_cert = 'c'\ntls_key = 3"
      assert.deepEqual(yield* faultsOf(text), ["4: gateway.tls_key: expected a string"])
    })
  )

  it.effect("no fault ever shows a value", () =>
    Effect.gen(function* () {
      const value = "Sesame-7261"
      const texts = [
        `gateway.port = "${value}"`,
        `agent.turn_timeout = "${value}"`,
        `api_key = "${value}"`,
        `agent.name = "${value}" x`,
        `provider.prices = "${value}"`
      ]
      for (const text of texts) {
        const faults = yield* faultsOf(text)
        assert.notInclude(faults.join("\n"), value)
      }
      assert.notInclude((yield* faultsOf("", { BLUFIO__GATEWAY__PORT: value })).join("\n"), value)
    })
  )

  const neverDies = (text: string, variables: Readonly<Record<string, string>> = {}) =>
    Effect.map(Effect.exit(loadText(text, variables)), (exit) => {
      assert.isTrue(Exit.isSuccess(exit) || !Cause.hasDies(exit.cause))
    })

  it.effect.prop("any text is settings or faults, never a crash", [Schema.String], ([text]) =>
    neverDies(text)
  )

  it.effect.prop(
    "nor is any environment",
    [Schema.Record(Schema.String, Schema.String)],
    ([variables]) =>
      neverDies(
        "",
        Object.fromEntries(
          Object.entries(variables).map(([name, value]) => [`BLUFIO__${name}`, value])
        )
      )
  )

  const name = Schema.Literals([
    "agent",
    "name",
    "provider",
    "prices",
    "mcp",
    "servers",
    "command",
    "quiet_hours",
    "heartbeat",
    "__proto__",
    "constructor",
    '""',
    '"a.b"'
  ])
  const value = Schema.Literals([
    "1",
    "'x'",
    "[]",
    "[[1], {a = 2}]",
    "{}",
    "{ input = 1, above = {} }",
    "1979-05-27",
    "nan",
    "true",
    "'10 minutes'"
  ])
  const line = Schema.Union([
    Schema.Struct({ key: Schema.NonEmptyArray(name), value }),
    Schema.Struct({ table: Schema.NonEmptyArray(name) }),
    Schema.Struct({ list: Schema.NonEmptyArray(name) })
  ])

  it.effect.prop(
    "nor is anything that looks like a configuration",
    [Schema.Array(line)],
    ([lines]) =>
      neverDies(
        lines
          .map((one) => {
            if ("key" in one) return `${one.key.join(".")} = ${one.value}`
            return "table" in one ? `[${one.table.join(".")}]` : `[[${one.list.join(".")}]]`
          })
          .join("\n")
      )
  )
})
