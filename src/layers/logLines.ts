// SPDX-License-Identifier: MIT OR Apache-2.0
/** A log entry without secrets before it is written: in a finished line they hide behind escapes. */
import * as Formatter from "effect/Formatter"
import * as Logger from "effect/Logger"

export type Entry = ReturnType<typeof Logger.formatStructured.log>
type Scrub = (text: string) => string

/** Deeper than this nothing is written field by field. */
const deepest = 16

const isPlain = (value: object) =>
  Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null

const scrubValue = (value: unknown, scrub: Scrub, depth = 0): unknown => {
  if (typeof value === "string") return scrub(value)
  if (typeof value !== "object" || value === null) return value
  if (depth < deepest && Array.isArray(value))
    return value.map((one) => scrubValue(one, scrub, depth + 1))
  if (depth < deepest && isPlain(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        scrub(name),
        scrubValue(inner, scrub, depth + 1)
      ])
    )
  return scrub(Formatter.format(value))
}

const scrubFields = (fields: Record<string, unknown>, scrub: Scrub) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [scrub(name), scrubValue(value, scrub)])
  )

export const scrubbed = (options: Logger.Options<unknown>, scrub: Scrub): Entry => {
  const entry = Logger.formatStructured.log(options)
  return {
    ...entry,
    message: scrubValue(entry.message, scrub),
    cause: entry.cause === undefined ? undefined : scrub(entry.cause),
    annotations: scrubFields(entry.annotations, scrub),
    spans: Object.fromEntries(
      Object.entries(entry.spans).map(([name, millis]) => [scrub(name), millis])
    )
  }
}

const isBare = /^[^\s"=]*$/
const label = (name: string) => name.replace(/[\s="]/g, "_")
const field = (name: string, value: unknown) => {
  const text = typeof value === "string" ? value : Formatter.format(value)
  return `${label(name)}=${isBare.test(text) ? text : Formatter.formatJson(text)}`
}

export const logFmt = (entry: Entry): string =>
  [
    field("timestamp", entry.timestamp),
    field("level", entry.level),
    field("fiber", entry.fiberId),
    ...(Array.isArray(entry.message) ? entry.message : [entry.message]).map((one) =>
      field("message", one)
    ),
    ...(entry.cause === undefined ? [] : [field("cause", entry.cause)]),
    ...Object.entries(entry.spans).map(([name, millis]) => `${label(name)}=${millis}ms`),
    ...Object.entries(entry.annotations).map(([name, value]) => field(name, value))
  ].join(" ")
