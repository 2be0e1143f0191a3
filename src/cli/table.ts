// SPDX-License-Identifier: MIT OR Apache-2.0
/** Rows in columns, and times and amounts as people read them. */
import * as DateTime from "effect/DateTime"
import { oneLine } from "../domain/printable.ts"

type Row = ReadonlyArray<string>

export const table = (head: Row, body: ReadonlyArray<Row>): string => {
  const rows = [head, ...body].map((row) => row.map(oneLine))
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n")
}

/** `2026-11-01 12:00:05Z` */
export const formatTime = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")}Z`

export const millisBetween = (from: string, to: string): number =>
  DateTime.toEpochMillis(DateTime.makeUnsafe(to)) -
  DateTime.toEpochMillis(DateTime.makeUnsafe(from))

/** `340 ms`, `2.3 s`, `4 min`, `3 h 20 min`, `2 d 5 h` */
export const formatSpan = (millis: number): string => {
  if (millis < 1000) return `${millis} ms`
  const seconds = millis / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 24
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
