// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the kernel says a daemon holds: when it has just come up, and when it has worked. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as Api from "../test/support/api.ts"
import { type Artifact, dropFromCache } from "./Artifact.ts"
import * as Served from "./Served.ts"
import * as Homes from "./homes.ts"
import { median } from "./statistics.ts"

const runs = 3
const turns = 20
const settling = "5 seconds"

const fieldsOf = (pid: number) => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")
  return (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN) / 1024
}

/** In MiB. The copy it runs from is mapped by nobody else, so file pages count in full everywhere. */
const look = (pid: number) => {
  const field = fieldsOf(pid)
  return {
    rss: field("Rss"),
    pss: field("Pss"),
    private: field("Private_Clean") + field("Private_Dirty"),
    private_clean: field("Private_Clean"),
    private_dirty: field("Private_Dirty"),
    /** Of `pss`: the program's own data, and pages of files. */
    anonymous: field("Pss_Anon"),
    file_backed: field("Pss_File")
  }
}
type Look = ReturnType<typeof look>

const once = Effect.fnUntraced(function* (artifact: Artifact) {
  yield* dropFromCache(artifact)
  const { home } = yield* Homes.local
  const { pid, socket } = yield* Served.start(artifact, home)
  yield* Effect.sleep(settling)
  const idle = look(pid)
  for (let turn = 0; turn < turns; turn++) yield* Api.say(socket, `Say something: ${turn}`)
  yield* Effect.sleep(settling)
  return { idle, afterTurns: look(pid) }
}, Effect.scoped)

/** Telegram's library is loaded, and a poll is open. */
const withTelegram = Effect.fnUntraced(function* (artifact: Artifact) {
  yield* dropFromCache(artifact)
  const { home } = yield* Homes.telegram
  const { pid } = yield* Served.start(artifact, home)
  yield* Effect.sleep(settling)
  return look(pid)
}, Effect.scoped)

const medians = (looks: ReadonlyArray<Look>): Look => {
  const of = (name: keyof Look) => median(looks.map((look) => look[name]))
  return {
    rss: of("rss"),
    pss: of("pss"),
    private: of("private"),
    private_clean: of("private_clean"),
    private_dirty: of("private_dirty"),
    anonymous: of("anonymous"),
    file_backed: of("file_backed")
  }
}

const ofOne = Effect.fnUntraced(function* (artifact: Artifact) {
  yield* Console.error(`memory: ${artifact.name}`)
  const looks = yield* Effect.replicateEffect(once(artifact), runs)
  const polling = artifact.name === "bundle" ? [yield* withTelegram(artifact)] : []
  return {
    runs,
    idle_mib: medians(looks.map(({ idle }) => idle)),
    after_turns_mib: medians(looks.map(({ afterTurns }) => afterTurns)),
    ...(polling.length > 0 ? { idle_with_telegram_mib: medians(polling) } : {})
  }
})

export const memory = (artifacts: ReadonlyArray<Artifact>) =>
  Effect.map(
    Effect.forEach(artifacts, (artifact) =>
      Effect.map(ofOne(artifact), (result) => [artifact.name, result] as const)
    ),
    Object.fromEntries
  )
