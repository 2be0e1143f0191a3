// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a configuration file and the environment turn into. */
import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { SettingsData } from "../../src/domain/Settings.ts"
import { Environment } from "../../src/layers/config/Environment.ts"
import * as TomlSettings from "../../src/layers/config/TomlSettings.ts"
import { ConfigSource, Settings } from "../../src/services/Settings.ts"
import { page } from "./contractPage.ts"
import { directoryWith, loadText, nodeServices } from "./directory.ts"

layer(nodeServices)("settings", (it) => {
  it.effect("an empty file gives the defaults, with the data in its XDG place", () =>
    Effect.gen(function* () {
      const { settings, present, root } = yield* loadText("")
      const defaults = yield* Schema.decodeEffect(SettingsData)({})
      assert.deepEqual(settings, {
        ...defaults,
        storage: { ...defaults.storage, path: `${root}/home/.local/share/blufio/blufio.db` }
      })
      assert.deepEqual(present, [])
      const elsewhere = yield* loadText("", { XDG_DATA_HOME: "/data" })
      assert.strictEqual(elsewhere.settings.storage.path, "/data/blufio/blufio.db")
    })
  )

  it.effect("the page of the contract is accepted whole and says what the defaults are", () =>
    Effect.gen(function* () {
      const written = (yield* loadText(page, { XDG_DATA_HOME: "/data" })).settings
      const bare = (yield* loadText("", { XDG_DATA_HOME: "/data" })).settings
      assert.deepEqual(written, {
        ...bare,
        provider: { ...written.provider, anthropic: bare.provider.anthropic }
      })
      assert.strictEqual(written.provider.default, "anthropic")
      assert.deepEqual(written.provider.prices["some-model"], {
        input: 3,
        output: 15,
        cache_read: 0.3,
        cache_write: 3.75,
        cache_write_1h: 6,
        above: {
          tokens: 100_000,
          input: 6,
          output: 22.5,
          cache_read: 0.6,
          cache_write: 7.5,
          cache_write_1h: 12
        }
      })
    })
  )

  it.effect("a price row without cache prices is never assumed cheap", () =>
    Effect.gen(function* () {
      const { settings } = yield* loadText(
        '[provider.prices."m.1"]\ninput = 4\noutput = 8\nabove = { tokens = 10, input = 8, output = 9 }'
      )
      assert.deepEqual(settings.provider.prices["m.1"], {
        input: 4,
        output: 8,
        cache_read: 4,
        cache_write: 5,
        cache_write_1h: 8,
        above: {
          tokens: 10,
          input: 8,
          output: 9,
          cache_read: 8,
          cache_write: 10,
          cache_write_1h: 16
        }
      })
    })
  )

  it.effect("variables win over the file and are read as their key's type", () =>
    Effect.gen(function* () {
      const { settings, present } = yield* loadText(
        '[agent]\nname = "File"\nmax_tool_iterations = 3\n[budget]\ndaily_usd = 1\n[agents.Research]\nmemory = true',
        {
          BLUFIO__AGENT__NAME: "42",
          BLUFIO__agent__Turn_Timeout: "90 seconds",
          BLUFIO__BUDGET__DAILY_USD: "7.5",
          BLUFIO__TELEGRAM__ENABLED: "false",
          BLUFIO__TELEGRAM__ALLOWED_USERS: "[1, 2]",
          BLUFIO__AGENTS__RESEARCH__MEMORY: "false",
          "BLUFIO__PROVIDER__PRICES__odd__name.x__INPUT": "1",
          "BLUFIO__PROVIDER__PRICES__odd__name.x__OUTPUT": "2",
          BLUFIO_CONFIG: "",
          BLUFIOX: "no",
          BLUFIO_OTHER: "no"
        }
      )
      assert.strictEqual(settings.agent.name, "42")
      assert.strictEqual(settings.agent.max_tool_iterations, 3)
      assert.deepEqual(settings.agent.turn_timeout, Duration.seconds(90))
      assert.strictEqual(settings.budget.daily_usd, 7.5)
      assert.isFalse(settings.telegram.enabled)
      assert.deepEqual(settings.telegram.allowed_users, [1, 2])
      assert.deepEqual(settings.agents, { Research: { memory: false } })
      assert.strictEqual(settings.provider.prices["odd__name.x"]?.output, 2)
      assert.sameMembers(
        [...present],
        [
          "agent.name",
          "agent.max_tool_iterations",
          "agent.turn_timeout",
          "budget.daily_usd",
          "telegram.enabled",
          "telegram.allowed_users",
          "agents.Research.memory",
          'provider.prices."odd__name.x".input',
          'provider.prices."odd__name.x".output'
        ]
      )
    })
  )

  it.effect("an empty variable is a value: it clears a key", () =>
    Effect.gen(function* () {
      const { settings } = yield* loadText('agent.system_prompt = "a"', {
        BLUFIO__AGENT__SYSTEM_PROMPT: ""
      })
      assert.strictEqual(settings.agent.system_prompt, "")
    })
  )

  it.effect("paths start at the file, those of the environment at the working directory", () =>
    Effect.gen(function* () {
      const { settings, root } = yield* loadText(
        [
          '[storage]\npath = "data/b.db"',
          '[agent]\nsystem_prompt_file = "~/me.md"\npersonality_files = ["SOUL.md", "/etc/x.md"]',
          '[agents.a]\npersona = "a.md"',
          "[skills]\ndirs = []"
        ].join("\n"),
        { BLUFIO__TOOLS__WORKSPACE: "work" }
      )
      assert.strictEqual(settings.storage.path, `${root}/data/b.db`)
      assert.strictEqual(settings.agent.system_prompt_file, `${root}/home/me.md`)
      assert.deepEqual(settings.agent.personality_files, [`${root}/SOUL.md`, "/etc/x.md"])
      assert.strictEqual(settings.agents.a?.persona, `${root}/a.md`)
      assert.strictEqual(settings.tools.workspace, `${process.cwd()}/work`)
      assert.strictEqual(settings.gateway.tls_cert, "")
    })
  )

  it.effect("a program starts at the file when it is written as a path", () =>
    Effect.gen(function* () {
      const command = (...words: ReadonlyArray<string>) =>
        Effect.map(
          loadText(`[transcription]\ncommand = ${JSON.stringify(words)}`),
          ({ root, settings }) =>
            settings.transcription.command.map((word) => word.replace(root, "ROOT"))
        )
      assert.deepEqual(yield* command("./hook", "./x"), ["ROOT/hook", "./x"])
      assert.deepEqual(yield* command("~/bin/hook"), ["ROOT/home/bin/hook"])
      assert.deepEqual(yield* command("/usr/bin/hook"), ["/usr/bin/hook"])
      assert.deepEqual(yield* command("whisper", "-f"), ["whisper", "-f"])
    })
  )

  it.effect("accepts what the rules allow", () =>
    Effect.gen(function* () {
      const { settings } = yield* loadText(
        [
          '[agent]\nsystem_prompt = "Never reveal a token, secret or password; keys begin with sk-."',
          'time_zone = "Europe/Berlin"',
          '[telegram]\napi_root = "http://127.0.0.5:8081"',
          '[gateway]\nport = 0\nhost = "::1"',
          '[transcription]\nurl = "http://localhost:9000/v1"',
          '[provider]\ndefault = "demo"\n[provider.anthropic]\nbase_url = "http://[::1]:80"',
          '[mcp.servers.one]\nurl = "https://mcp.example"\n[mcp.servers.two]\ncommand = ["mcp", "-x"]',
          '[tools]\nhttp_allow_private = ["10.0.0.0/8", "fd00::/8"]'
        ].join("\n")
      )
      assert.strictEqual(settings.agent.time_zone.id, "Europe/Berlin")
      assert.strictEqual(settings.gateway.port, 0)
      assert.strictEqual(settings.tools.http_allow_private.length, 2)
    })
  )

  it.effect("the layer gives the settings and says where they came from", () =>
    Effect.gen(function* () {
      const root = yield* directoryWith({ "my.toml": "\uFEFF[agent]\r\nname = 'Ada'\r\n" })
      const [settings, source] = yield* Effect.all([Settings, ConfigSource]).pipe(
        Effect.provide(TomlSettings.layer({ configPath: Option.some(`${root}/my.toml`) })),
        Effect.provideService(Environment, {})
      )
      assert.strictEqual(settings.agent.name, "Ada")
      assert.deepEqual(source, { path: Option.some(`${root}/my.toml`), present: ["agent.name"] })
    })
  )
})
