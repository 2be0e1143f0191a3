// SPDX-License-Identifier: MIT OR Apache-2.0
/** From the spawn to the first 200 of /readyz. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { Home } from "../test/support/Blufio.ts"
import { type Artifact, dropFromCache } from "./Artifact.ts"
import * as Served from "./Served.ts"
import * as Homes from "./homes.ts"
import { median, spread } from "./statistics.ts"

const runs = 11

const once = Effect.fnUntraced(function* (artifact: Artifact, home: Home) {
  const { bannerMillis, readyMillis } = yield* Served.start(artifact, home)
  return { bannerMillis, readyMillis: yield* readyMillis }
}, Effect.scoped)

const ofOne = Effect.fnUntraced(function* (artifact: Artifact) {
  yield* Console.error(`start to ready: ${artifact.name}`)
  const { home } = yield* Homes.local
  yield* dropFromCache(artifact)
  const first = yield* once(artifact, home)
  const starts = yield* Effect.replicateEffect(once(artifact, home), runs)
  const millis = starts.map(({ readyMillis }) => readyMillis)
  const { max, min, n } = spread(millis)
  return {
    runs: n,
    median_ms: median(millis),
    min_ms: min,
    max_ms: max,
    banner_median_ms: median(starts.map(({ bannerMillis }) => bannerMillis)),
    /** From the disk, and with the database to be made. */
    first_ms: median([first.readyMillis])
  }
}, Effect.scoped)

export const startUp = (artifacts: ReadonlyArray<Artifact>) =>
  Effect.map(
    Effect.forEach(artifacts, (artifact) =>
      Effect.map(ofOne(artifact), (result) => [artifact.name, result] as const)
    ),
    Object.fromEntries
  )
