// SPDX-License-Identifier: MIT OR Apache-2.0
/** Tells a person what was put down, with its next dates, or what there is. */
import * as DateTime from "effect/DateTime"
import type { ScheduleReport } from "./Schedule.ts"
import { spokenTime } from "./spoken.ts"

const inZone = (iso: string, zone: string): string =>
  spokenTime(DateTime.toEpochMillis(DateTime.makeUnsafe(iso)), DateTime.zoneMakeNamedUnsafe(zone))

const longestLine = 80

const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ")
  return line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line
}

const names = { cron: "Job", reminder: "Reminder" } as const

export const spokenNext = ({ next, time_zone }: ScheduleReport): ReadonlyArray<string> =>
  next.map((iso) => inZone(iso, time_zone))

/** `undo`: what to type to take it back. */
export const confirm = (report: ScheduleReport, undo: string): string => {
  const times = spokenNext(report)
  const when =
    times.length === 1
      ? `On ${times[0]}`
      : `${report.when[0]!.toUpperCase()}${report.when.slice(1)}; next: ${times.join(" · ")}`
  return (
    `⏰ ${names[report.kind]} ${report.id}: ${shortened(report.text)}\n` +
    `${when} (${report.time_zone})\nTo take it back: ${undo}`
  )
}

const lastOf = ({ last_run, time_zone }: ScheduleReport): string =>
  last_run === null
    ? ""
    : `, last ${inZone(last_run.due_at, time_zone)}: ${last_run.state}${last_run.detail === "" ? "" : ` (${last_run.detail})`}`

/** One line for each. */
export const spell = (reports: ReadonlyArray<ScheduleReport>): string =>
  reports
    .map((report) => {
      const next =
        report.state === "broken" ? "stopped" : `next ${spokenNext(report)[0] ?? "never"}`
      return (
        `${report.id}. ${names[report.kind]} ${report.when}: ${shortened(report.text)} ` +
        `(${next}${lastOf(report)})`
      )
    })
    .join("\n")
