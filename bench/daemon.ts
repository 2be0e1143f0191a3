// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Measures the running daemon: one JSON object on stdout, progress on stderr.
 *
 * Usage: node bench/daemon.ts [start | memory | turns | telegram | redactor | vault | router | cost]...   (all of them by default)
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { argv } from "node:process"
import * as Artifact from "./Artifact.ts"
import { cost } from "./cost.ts"
import { commit, machine } from "./Machine.ts"
import { memory } from "./memory.ts"
import { redactor } from "./redactor.ts"
import { router } from "./router.ts"
import { startUp } from "./startUp.ts"
import { telegramLatency } from "./telegram.ts"
import { turnLatency } from "./turns.ts"
import { vault } from "./vault.ts"

const printJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

const wanted = argv.slice(2)
const when = <A, E, R>(section: string, effect: Effect.Effect<A, E, R>) =>
  wanted.length === 0 || wanted.includes(section) ? effect : Effect.undefined

/** Of the bundle. */
const targets = { start_to_ready_ms: 600, idle_pss_mib: 80, added_per_turn_p50_ms: 15 }
const leastRedactedMbPerSecond = 100

const judged = (name: keyof typeof targets, measured: number | undefined) =>
  measured === undefined
    ? []
    : [{ name, measured, target: targets[name], pass: measured <= targets[name] }]

const bench = Effect.gen(function* () {
  const before = machine()
  const artifacts = yield* Artifact.make
  const bundle = artifacts.find(({ name }) => name === "bundle")!
  const start = yield* when("start", startUp(artifacts))
  const held = yield* when("memory", memory(artifacts))
  const turns = yield* when("turns", turnLatency(bundle))
  const telegram = yield* when("telegram", telegramLatency(bundle))
  const scrubbed = yield* when("redactor", redactor)
  const opened = yield* when("vault", vault)
  const routed = yield* when("router", Effect.sync(router))
  const spent = yield* when("cost", cost)
  const prose = scrubbed?.whole_mb_per_s["prose"]
  const report = {
    command: ["npm run bench", ...(wanted.length > 0 ? ["--", ...wanted] : [])].join(" "),
    ...commit(),
    machine: before,
    page_cache:
      "each binary is a copy of its own, dropped with dd iflag=nocache before a memory run",
    start_to_ready: start,
    memory: held,
    turns,
    telegram,
    redactor: scrubbed,
    vault: opened,
    router: routed,
    cost: spent,
    targets: [
      ...judged("start_to_ready_ms", start?.["bundle"]?.median_ms),
      ...judged("idle_pss_mib", held?.["bundle"]?.idle_mib.pss),
      ...judged("added_per_turn_p50_ms", turns?.added_per_turn_ms.p50),
      ...(prose === undefined
        ? []
        : [
            {
              name: "redactor_prose_mb_per_s",
              measured: prose,
              target: leastRedactedMbPerSecond,
              pass: prose >= leastRedactedMbPerSecond
            }
          ])
    ]
  }
  yield* Console.log(printJson(report))
}).pipe(Effect.scoped)

NodeRuntime.runMain(bench)
