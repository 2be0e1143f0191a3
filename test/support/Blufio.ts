// SPDX-License-Identifier: MIT OR Apache-2.0
/** Runs the real program as a process in a home of its own, and watches what it says. */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { env as environment } from "node:process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { node as projectNode, program } from "./program.ts"

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
          PATH: environment["PATH"] ?? "",
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
  /** The first match on either stream (its first group, if any); dies when the process ends before. */
  readonly says: (pattern: RegExp) => Effect.Effect<string>
  /** The exit code; null when a signal ended it. */
  readonly exited: Effect.Effect<number | null>
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<number | null>
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
  const child = spawn(projectNode, [...node, program, ...args], {
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
  let ended: { readonly code: number | null } | undefined
  const notify = () => {
    for (const listener of listeners) listener()
  }
  child.on("close", (code) => {
    ended = { code }
    notify()
  })
  /** Answers as soon as there is something, looking again at each output and at the end. */
  const when = <A>(look: () => Effect.Effect<A> | undefined) =>
    Effect.callback<A>((resume) => {
      const check = () => {
        const found = look()
        if (found === undefined) return
        listeners.delete(check)
        resume(found)
      }
      listeners.add(check)
      check()
      return Effect.sync(() => listeners.delete(check))
    })
  const exited = when(() => ended && Effect.succeed(ended.code))
  const says = (pattern: RegExp) =>
    when(() => {
      const match = pattern.exec(out.stdout) ?? pattern.exec(out.stderr)
      if (match !== null) return Effect.succeed(match[1] ?? match[0])
      const story = `${out.stdout}${out.stderr}`
      return ended && Effect.die(`ended (${ended.code}) without saying ${pattern}: ${story}`)
    })
  const kill = (signal: NodeJS.Signals) =>
    Effect.suspend(() => {
      child.kill(signal)
      return exited
    })
  return { child, exited, kill, says, stdout: () => out.stdout, stderr: () => out.stderr }
}

/** A process that is killed with the scope, if it still lives by then. */
export const scoped = (options: RunOptions) =>
  Effect.acquireRelease(
    Effect.sync(() => run(options)),
    (running) => running.kill("SIGKILL")
  )

/** `blufio serve`, up and with its past taken care of. */
export const serve = Effect.fnUntraced(function* (
  options: Omit<RunOptions, "args"> & { readonly args?: ReadonlyArray<string> }
) {
  const running = yield* scoped({ ...options, args: ["serve", ...(options.args ?? [])] })
  yield* running.says(/is up/)
  return running
})

/** Runs a command to its end. */
export const command = Effect.fnUntraced(function* (options: RunOptions) {
  const running = yield* scoped({ stdin: "", ...options })
  const code = yield* running.exited
  return { code, stdout: running.stdout(), stderr: running.stderr() }
}, Effect.scoped)
