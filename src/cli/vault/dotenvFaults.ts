// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is wrong with `.env` lines, by line, without what stands there: it may be a secret. */
import * as Schema from "effect/Schema"
import { SecretName } from "../../domain/secretName.ts"
import { spokenLines } from "../../domain/spokenList.ts"
import type { DotenvLines } from "../../layers/config/dotenv.ts"

const isSecretName = Schema.is(SecretName)

/** One sentence for each kind of fault. */
export const dotenvFaults = (
  { assignments, broken, values }: DotenvLines,
  { mayBeEmpty }: { readonly mayBeEmpty: boolean }
): ReadonlyArray<string> => {
  const linesOf = (isFaulty: (name: string, index: number) => boolean) =>
    assignments.flatMap(({ line, name }, index) => (isFaulty(name, index) ? [line] : []))
  const misnamed = linesOf((name) => !isSecretName(name))
  const empty = linesOf(
    (name) => !mayBeEmpty && isSecretName(name) && (values[name] ?? "").trim() === ""
  )
  const repeated = linesOf(
    (name, index) => assignments.findIndex((other) => other.name === name) < index
  )
  const isOrAre = (lines: ReadonlyArray<number>) => (lines.length === 1 ? "is" : "are")
  const gives = (lines: ReadonlyArray<number>) => (lines.length === 1 ? "gives" : "give")
  const has = (lines: ReadonlyArray<number>) => (lines.length === 1 ? "has" : "have")
  return [
    ...(broken.length > 0 ? [`${spokenLines(broken)} ${isOrAre(broken)} not NAME=value.`] : []),
    ...(misnamed.length > 0
      ? [
          `${spokenLines(misnamed)} ${has(misnamed)} a name that is not made of capitals, digits and underscores.`
        ]
      : []),
    ...(empty.length > 0 ? [`${spokenLines(empty)} ${gives(empty)} no value.`] : []),
    ...(repeated.length > 0
      ? [`${spokenLines(repeated)} ${gives(repeated)} a name that stands above already.`]
      : [])
  ]
}
