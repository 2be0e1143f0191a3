// SPDX-License-Identifier: MIT OR Apache-2.0
/** How to go from the demo to a real model where the settings ask for the demo. */
import * as Option from "effect/Option"

/** A clause that begins with a verb. */
export const pinnedDemo = (file: Option.Option<string>): string =>
  `take provider.default = "demo" out of ${Option.getOrElse(file, () => "the environment (BLUFIO__PROVIDER__DEFAULT)")} ` +
  "and start blufio serve again"
