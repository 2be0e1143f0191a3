// SPDX-License-Identifier: MIT OR Apache-2.0
/** A pseudo-terminal around the real program (`script` of bsdutils). */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { spawn } from "node:child_process"
import type { Home } from "./Blufio.ts"
import { node, program } from "./program.ts"

/** The program on a terminal of its own, to be typed into. */
export const onTerminal = (home: Home, ...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const command = [node, program, ...args]
      const child = spawn("/usr/bin/script", ["-qefc", `exec ${command.join(" ")}`, "/dev/null"], {
        cwd: home.dir,
        env: { ...home.env, TERM: "xterm", NO_COLOR: "1" },
        stdio: ["pipe", "pipe", "inherit"]
      })
      let screen = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => (screen += text))
      let code: number | null | undefined
      child.on("close", (exit) => (code = exit))
      return {
        exited: Effect.sync(() => code).pipe(
          Effect.repeat({
            schedule: Schedule.spaced("20 millis"),
            until: (code) => code !== undefined
          })
        ),
        type: (keys: string) => Effect.sync(() => child.stdin.write(keys)),
        /** Waits for a text, and forgets the screen up to its end. */
        sees: (text: string) =>
          Effect.suspend(() => {
            const at = screen.indexOf(text)
            if (at < 0) return Effect.fail("not yet" as const)
            const before = screen.slice(0, at)
            screen = screen.slice(at + text.length)
            return Effect.succeed(before)
          }).pipe(
            Effect.retry({ schedule: Schedule.spaced("20 millis") }),
            Effect.timeoutOrElse({
              duration: "20 seconds",
              orElse: () => Effect.die(`${text} is not on the screen: ${screen}`)
            })
          ),
        kill: Effect.sync(() => child.kill("SIGKILL"))
      }
    }),
    ({ kill }) => kill
  )
