// SPDX-License-Identifier: MIT OR Apache-2.0
/** `/remind` and `/cron`: what is to be done later, put down and taken back in chat. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { chatOf } from "../../domain/Ids.ts"
import { confirm, spell } from "../../domain/schedule/confirm.ts"
import { ScheduleId, type ScheduleKind } from "../../domain/schedule/Schedule.ts"
import { ScheduleRuns } from "../ScheduleRuns.ts"
import type { WhenUnclear } from "../schedule/When.ts"
import { type NoSuchSchedule, type ScheduleRefused, Schedules } from "../Schedules.ts"
import type { StoreError } from "../Store.ts"
import type { Session } from "../SessionStore.ts"
import type { InboxRow } from "../InboxStore.ts"
import type { Answer, Handler, Handlers } from "./Handler.ts"

const usage = {
  reminder:
    "/remind tomorrow at 9 call mum\n/remind every friday at 18:00 put the bins out\n" +
    "/remind list\n/remind rm ID",
  cron:
    "/cron every weekday at 8:30: what is on today?\n/cron 0 9 * * 1: plan the week\n" +
    "/cron list\n/cron run ID\n/cron rm ID"
} as const

const command = { reminder: "/remind", cron: "/cron" } as const

/** "WHEN: PROMPT"; the colon of a time of day has no space behind it. */
const split = (text: string): readonly [string, string] | undefined => {
  const at = text.search(/:\s/)
  return at < 0 ? undefined : [text.slice(0, at), text.slice(at + 1)]
}

type Refusal = WhenUnclear | ScheduleRefused | NoSuchSchedule

const isId = Schema.is(ScheduleId)

const said = (text: string): Answer => ({ text })

export const make: Effect.Effect<
  Handlers<"cron" | "remind">,
  never,
  Schedules | ScheduleRuns
> = Effect.gen(function* () {
  const runs = yield* ScheduleRuns
  const schedules = yield* Schedules

  const list = Effect.fnUntraced(function* (kind: ScheduleKind, { person }: InboxRow) {
    const all = yield* schedules.list(Option.some(person))
    const these = kind === "reminder" ? all.filter((one) => one.kind === kind) : all
    return said(these.length === 0 ? `There is nothing yet. Try:\n${usage[kind]}` : spell(these))
  })

  const withId = <E>(word: string, act: (id: ScheduleId) => Effect.Effect<Answer, E>) => {
    const id = Number(word.replace(/^#/, ""))
    return isId(id) && id > 0
      ? act(id)
      : Effect.succeed(said(`Which one? Give its number: ${command.cron} list shows them.`))
  }

  const add = Effect.fnUntraced(function* (
    kind: ScheduleKind,
    session: Session,
    { id, person }: InboxRow,
    words: string
  ) {
    const chat = yield* schedules.placeFor(Option.some(chatOf(session)))
    const wanted = { kind, person, chat, missed: "once", source: `inbox:${id}` } as const
    const pair = kind === "cron" ? split(words) : undefined
    const report = yield* pair === undefined
      ? schedules.addFrom(wanted, words)
      : schedules.add({ ...wanted, text: pair[1] }, pair[0])
    return said(confirm(report, `${command[kind]} rm ${report.id}`))
  })

  const carryOut = (
    kind: ScheduleKind,
    session: Session,
    row: InboxRow,
    rest: string
  ): Effect.Effect<Answer, Refusal | StoreError> => {
    const [, verb = "", words = ""] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? []
    const whose = Option.some(row.person)
    switch (verb.toLowerCase()) {
      case "":
      case "help":
        return Effect.succeed(said(usage[kind]))
      case "list":
        return list(kind, row)
      case "rm":
        return withId(words, (id) =>
          Effect.map(schedules.remove(id, whose), (gone) => said(`Taken back: ${spell([gone])}`))
        )
      case "run":
        return withId(words, (id) =>
          Effect.map(runs.runNow(id, whose), (one) => said(`${one.id} is run now.`))
        )
      case "add":
        return add(kind, session, row, words)
      default:
        return add(kind, session, row, rest)
    }
  }

  const handler =
    (kind: ScheduleKind): Handler =>
    (session, row, rest) =>
      carryOut(kind, session, row, rest).pipe(
        Effect.catchTag(["WhenUnclear", "ScheduleRefused", "NoSuchSchedule"], ({ message }) =>
          Effect.succeed(said(message))
        )
      )

  return { cron: handler("cron"), remind: handler("reminder") }
})
