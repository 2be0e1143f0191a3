// SPDX-License-Identifier: MIT OR Apache-2.0
/** Runs the real program as a process in a home of its own, and watches what it says. */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")
const main = join(root, "src/cli/main.ts")

export interface Home {
  readonly dir: string
  readonly database: string
  readonly socket: string
  readonly env: Readonly<Record<string, string>>
}

/** A directory with its own XDG places and, when given, a `blufio.toml`; gone with the scope. */
export const makeHome = (toml = "") =>
  Effect.acquireRelease(
    Effect.sync((): Home => {
      const dir = mkdtempSync(join(tmpdir(), "blufio-"))
      for (const name of ["data", "config", "cache", "run"]) mkdirSync(join(dir, name))
      if (toml !== "") writeFileSync(join(dir, "blufio.toml"), toml)
      return {
        dir,
        database: join(dir, "data/blufio/blufio.db"),
        socket: join(dir, "data/blufio/blufio.sock"),
        env: {
          PATH: process.env["PATH"] ?? "",
          HOME: dir,
          XDG_DATA_HOME: join(dir, "data"),
          XDG_CONFIG_HOME: join(dir, "config"),
          XDG_CACHE_HOME: join(dir, "cache"),
          XDG_RUNTIME_DIR: join(dir, "run"),
          BLUFIO__GATEWAY__PORT: "0"
        }
      }
    }),
    ({ dir }) => Effect.sync(() => rmSync(dir, { recursive: true, force: true }))
  )

export interface Running {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves when the text is matched on either stream; fails when the process ends before. */
  readonly says: (pattern: RegExp) => Promise<string>
  readonly exited: Promise<number | null>
  readonly kill: (signal: NodeJS.Signals) => Promise<number | null>
}

export interface RunOptions {
  readonly home: Home
  readonly args: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  /** Before the program: `--import` of a module that gets in its way. */
  readonly node?: ReadonlyArray<string>
  readonly stdin?: string
}

export const run = ({ args, env = {}, home, node = [], stdin }: RunOptions): Running => {
  const child = spawn(join(root, "node_modules/.bin/node"), [...node, main, ...args], {
    cwd: home.dir,
    env: { ...home.env, ...env },
    stdio: ["pipe", "pipe", "pipe"]
  })
  const out = { stdout: "", stderr: "" }
  const listeners = new Set<() => void>()
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8")
    child[name].on("data", (chunk: string) => {
      out[name] += chunk
      for (const listener of listeners) listener()
    })
  }
  if (stdin !== undefined) child.stdin.end(stdin)
  const exited = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)))
  const says = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(out.stdout) ?? pattern.exec(out.stderr)
        if (match === null) return
        listeners.delete(look)
        resolve(match[1] ?? match[0])
      }
      listeners.add(look)
      look()
      void exited.then((code) =>
        reject(new Error(`ended (${code}) without saying ${pattern}: ${out.stdout}${out.stderr}`))
      )
    })
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return exited
  }
  return { child, exited, kill, says, stdout: () => out.stdout, stderr: () => out.stderr }
}

/** A process that is killed with the scope, if it still lives by then. */
export const scoped = (options: RunOptions) =>
  Effect.acquireRelease(
    Effect.sync(() => run(options)),
    (running) => Effect.promise(() => running.kill("SIGKILL"))
  )

/** `blufio serve`, up and with its past taken care of. */
export const serve = Effect.fnUntraced(function* (options: Omit<RunOptions, "args">) {
  const running = yield* scoped({ ...options, args: ["serve"] })
  yield* Effect.promise(() => running.says(/is up/))
  return running
})
