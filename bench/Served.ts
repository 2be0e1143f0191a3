// SPDX-License-Identifier: MIT OR Apache-2.0
/** One `blufio serve` to measure: started, seen ready, and ended with its scope. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { get } from "node:http"
import { performance } from "node:perf_hooks"
import type { Home } from "../test/support/Blufio.ts"
import type { Artifact } from "./Artifact.ts"

export interface Served {
  readonly pid: number
  readonly socket: string
  /** From the spawn to the banner. */
  readonly bannerMillis: number
  /** From the spawn to the answer 200 of /readyz, which is asked for from now on. */
  readonly readyMillis: Effect.Effect<number, Cause.TimeoutError>
}

/** A daemon that is not up or not gone by then is broken, not slow. */
const limit = "15 seconds"

const statusOf = (url: string) =>
  Effect.callback<number>((resume) => {
    get(url, { agent: false }, (response) => {
      response.resume()
      response.on("end", () => resume(Effect.succeed(response.statusCode ?? 0)))
    }).on("error", () => resume(Effect.succeed(0)))
  })

const exited = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
  })

const banner = (child: ChildProcess) =>
  Effect.callback<{ readonly url: string; readonly at: number }>((resume) => {
    let said = ""
    const hear = (text: string) => {
      said += text
      const url = /(http:\/\/[\d.:]+)\/healthz/.exec(said)?.[1]
      if (url !== undefined) resume(Effect.succeed({ url, at: performance.now() }))
    }
    child.stdout?.setEncoding("utf8").on("data", hear)
    child.stderr?.setEncoding("utf8").on("data", hear)
    child.once("error", (error) => resume(Effect.die(error)))
    child.once("exit", (code) => resume(Effect.die(`serve ended with ${code}: ${said}`)))
  })

const ready = (url: string): Effect.Effect<number> =>
  Effect.flatMap(statusOf(`${url}/readyz`), (status) =>
    status === 200
      ? Effect.sync(() => performance.now())
      : Effect.andThen(
          Effect.sleep("2 millis"),
          Effect.suspend(() => ready(url))
        )
  )

const stop = (child: ChildProcess) =>
  Effect.gen(function* () {
    child.kill("SIGTERM")
    yield* exited(child).pipe(Effect.timeoutOption(limit))
    child.kill("SIGKILL")
    yield* exited(child)
  })

export const start = Effect.fnUntraced(function* ({ args, binary }: Artifact, home: Home) {
  const [child, began] = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const began = performance.now()
      const child: ChildProcess = spawn(binary, [...args, "serve"], {
        cwd: home.dir,
        env: home.env,
        stdio: ["ignore", "pipe", "pipe"]
      })
      return [child, began] as const
    }),
    ([child]) => stop(child)
  )
  const { at, url } = yield* banner(child)
  const served: Served = {
    pid: child.pid!,
    socket: home.socket,
    bannerMillis: at - began,
    readyMillis: Effect.map(ready(url), (at) => at - began).pipe(Effect.timeout(limit))
  }
  return served
}, Effect.timeout(limit))

/** A clock tick of the kernel's process accounting. */
const tickMillis = 10

/** Time on the processor so far; unlike a latency it hardly depends on what else runs. */
export const cpuMillis = (pid: number): number => {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8")
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) * tickMillis
}
