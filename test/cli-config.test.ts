// SPDX-License-Identifier: MIT OR Apache-2.0
/** Runs the real program: what `blufio config` prints where, and how it exits. */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import { directoryWith, nodeServices } from "./config/directory.ts"
import { program } from "./support/program.ts"

const blufio = Effect.fnUntraced(function* (
  cwd: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {}
) {
  const { spawn } = yield* ChildProcessSpawner
  const child = yield* spawn(
    ChildProcess.make(process.execPath, [program, ...args], {
      cwd,
      env: { HOME: cwd, ...env },
      extendEnv: false
    })
  )
  const text = (stream: typeof child.stdout) => Stream.mkString(Stream.decodeText(stream))
  const [stdout, stderr, exit] = yield* Effect.all(
    [text(child.stdout), text(child.stderr), child.exitCode],
    { concurrency: 3 }
  )
  return { stdout: stdout.trim(), stderr: stderr.trim(), exit: Number(exit) }
}, Effect.scoped)

const parse = Schema.decodeEffect(Schema.fromJsonString(Schema.Json))

layer(nodeServices)("blufio config", (it) => {
  it.effect("validate says ok with the file's path, or every fault, with exit code 3", () =>
    Effect.gen(function* () {
      const root = yield* directoryWith({
        "blufio.toml": "[agent]\nname = 'Ada'\n",
        "bad.toml": "[agent]\nnmae = 'Ada'\nmax_tool_iterations = 'x'\n"
      })
      assert.deepEqual(yield* blufio(root, ["config", "validate"]), {
        stdout: `ok: ${root}/blufio.toml`,
        stderr: "",
        exit: 0
      })
      assert.deepEqual(yield* blufio(root, ["config", "validate", "--config", "bad.toml"]), {
        stdout: "",
        stderr: [
          "bad.toml:2: agent.nmae: unknown key; did you mean agent.name?",
          "bad.toml:3: agent.max_tool_iterations: expected a whole number of at least 1"
        ].join("\n"),
        exit: 3
      })
      const good = yield* blufio(root, ["config", "validate", "--json"])
      assert.deepEqual(yield* parse(good.stdout), { ok: true, path: `${root}/blufio.toml` })
      const bad = yield* blufio(root, ["--json", "config", "validate", "--config=bad.toml"])
      assert.deepEqual([bad.exit, bad.stderr], [3, ""])
      assert.deepEqual(yield* parse(bad.stdout), {
        ok: false,
        faults: [
          {
            file: "bad.toml",
            line: 2,
            key: "agent.nmae",
            expected: "unknown key",
            hint: "did you mean agent.name?"
          },
          {
            file: "bad.toml",
            line: 3,
            key: "agent.max_tool_iterations",
            expected: "expected a whole number of at least 1"
          }
        ]
      })
    })
  )

  it.effect("looks for the file in the contract's order", () =>
    Effect.gen(function* () {
      const root = yield* directoryWith({
        "flag.toml": "agent.name = 'flag'",
        "variable.toml": "agent.name = 'variable'",
        "blufio.toml": "agent.name = 'here'",
        "xdg/blufio/blufio.toml": "agent.name = 'xdg'",
        ".config/blufio/blufio.toml": "agent.name = 'home'"
      })
      const fs = yield* FileSystem.FileSystem
      const env: Record<string, string> = {
        BLUFIO_CONFIG: "variable.toml",
        XDG_CONFIG_HOME: `${root}/xdg`
      }
      const name = (args: ReadonlyArray<string>) =>
        Effect.map(blufio(root, [...args, "config", "get", "agent.name"], env), (run) => run.stdout)
      assert.strictEqual(yield* name(["--config", "flag.toml"]), "flag")
      assert.strictEqual(yield* name([]), "variable")
      delete env.BLUFIO_CONFIG
      assert.strictEqual(yield* name([]), "here")
      yield* fs.remove(`${root}/blufio.toml`)
      assert.strictEqual(yield* name([]), "xdg")
      delete env.XDG_CONFIG_HOME
      assert.strictEqual(yield* name([]), "home")
      env.BLUFIO__AGENT__NAME = "override"
      assert.strictEqual(yield* name([]), "override")
    })
  )

  it.effect("a named file that is missing or unreadable is a fault, no file at all is fine", () =>
    Effect.gen(function* () {
      const root = yield* directoryWith({ "dir/x": "" })
      const flag = yield* blufio(root, ["--config", "no.toml", "config", "get", "agent.name"])
      assert.deepEqual(flag, {
        stdout: "",
        stderr: "no.toml: there is no such file (named by --config)",
        exit: 3
      })
      const variable = yield* blufio(root, ["config", "validate"], { BLUFIO_CONFIG: "no.toml" })
      assert.strictEqual(variable.stderr, "no.toml: there is no such file (named by BLUFIO_CONFIG)")
      const folder = yield* blufio(root, ["config", "path", "--config", "dir"])
      assert.deepEqual(
        [folder.exit, folder.stderr],
        [3, "dir: the file cannot be read (named by --config)"]
      )
      const none = yield* blufio(root, ["config", "validate"])
      assert.deepEqual([none.exit, none.stdout], [0, "ok: no file; defaults and environment"])
    })
  )

  it.effect("path names the file in use, or where one is looked for", () =>
    Effect.gen(function* () {
      const root = yield* directoryWith({ "a/blufio.toml": "", "b/x": "" })
      assert.strictEqual(
        (yield* blufio(`${root}/a`, ["config", "path"])).stdout,
        `${root}/a/blufio.toml`
      )
      const searched = [
        `${root}/b/blufio.toml`,
        `${root}/b/.config/blufio/blufio.toml`,
        "/etc/blufio/blufio.toml"
      ]
      const none = yield* blufio(`${root}/b`, ["config", "path"])
      assert.strictEqual(none.stdout, ["no file; looked for", ...searched].join("\n"))
      const json = yield* blufio(`${root}/b`, ["config", "path", "--json"])
      assert.deepEqual(yield* parse(json.stdout), { path: null, searched })
    })
  )

  it.effect("get prints a key or a section as one would write it", () =>
    Effect.gen(function* () {
      const root = yield* directoryWith({ "blufio.toml": "agent.turn_timeout = '90000 millis'" })
      const get = (key: string, ...args: ReadonlyArray<string>) =>
        blufio(root, ["config", "get", key, ...args])
      assert.strictEqual((yield* get("agent.drain_timeout")).stdout, "20 seconds")
      assert.strictEqual((yield* get("agent.turn_timeout")).stdout, "90 seconds")
      assert.strictEqual((yield* get("tools.allowed_hosts")).stdout, '["*"]')
      assert.strictEqual(
        (yield* get("budget")).stdout,
        "budget.daily_usd = 3\nbudget.monthly_usd = 50\nbudget.per_turn_usd = 1\nbudget.heartbeat_monthly_usd = 10"
      )
      assert.strictEqual((yield* get("agent.time_zone", "--json")).stdout, '"UTC"')
      assert.deepEqual(yield* parse((yield* get("gateway", "--json")).stdout), {
        host: "127.0.0.1",
        port: 2583,
        tls_cert: "",
        tls_key: ""
      })
      assert.deepEqual(yield* get("provider.default"), { stdout: "", stderr: "", exit: 0 })
      assert.strictEqual((yield* get("provider.default", "--json")).stdout, "null")
      assert.deepEqual(yield* get("agent.turn_timeot"), {
        stdout: "",
        stderr: "agent.turn_timeot: unknown key; did you mean agent.turn_timeout?",
        exit: 2
      })
    })
  )

  it.effect("wrong usage is exit 2 and leaves stdout alone", () =>
    Effect.gen(function* () {
      const root = yield* directoryWith({})
      for (const args of [
        ["config", "frob"],
        ["config", "get"],
        ["--no-such-flag", "config", "path"]
      ]) {
        const run = yield* blufio(root, [...args, "--json"])
        assert.deepEqual([run.exit, run.stdout], [2, ""])
        assert.match(run.stderr, /Try: blufio/)
      }
    })
  )
})
