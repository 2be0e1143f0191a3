// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Gives a layer's failure another name; what it provides stays the same. */
export const mapLayerError =
  <E, E2>(map: (error: E) => E2) =>
  <A, R>(layer: Layer.Layer<A, E, R>): Layer.Layer<A, E2, R> =>
    Layer.catch(layer, (error): Layer.Layer<A, E2> => {
      const failure: Effect.Effect<Layer.Layer<A>, E2> = Effect.fail(map(error))
      return Layer.unwrap(failure)
    })
