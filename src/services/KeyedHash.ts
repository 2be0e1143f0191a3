// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: hashes that mean nothing outside this process. */
import * as Context from "effect/Context"
import type { KeyedHash as Hashes } from "../domain/redaction/held.ts"

export class KeyedHash extends Context.Service<KeyedHash, Hashes>()("blufio/services/KeyedHash") {}
