// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio cron`: what is to be done later, by a model or as a reminder. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { owner } from "../domain/Ids.ts"
import { confirm, spokenNext } from "../domain/schedule/confirm.ts"
import {
  type MissedPolicy,
  ScheduleId,
  type ScheduleKind,
  ScheduleReport
} from "../domain/schedule/Schedule.ts"
import { ask, require as requireDaemon } from "../layers/DaemonClient.ts"
import { layerSchedules, layerSchedulesReadOnly } from "../layers/Offline.ts"
import { NoSuchSchedule, Schedules } from "../services/Schedules.ts"
import { WrongUsage } from "./exit.ts"
import { print } from "./output.ts"
import { reach, settings } from "./reach.ts"
import { formatTime, table } from "./table.ts"

const encodeRows = Schema.encodeEffect(Schema.Array(ScheduleReport))
const encodeRow = Schema.encodeEffect(ScheduleReport)

const printOne = Effect.fnUntraced(function* (text: string, report: ScheduleReport) {
  yield* print(text, yield* Effect.orDie(encodeRow(report)))
})

const list = Command.make(
  "list",
  {},
  Effect.fn("cron list")(function* () {
    const found = yield* reach({
      daemon: (client) => ask(client.schedules({})),
      database: (known) =>
        Effect.provide(
          Effect.flatMap(Schedules, (schedules) => schedules.list(Option.none())),
          layerSchedulesReadOnly(known)
        ),
      nothing: () => Effect.succeed<ReadonlyArray<ScheduleReport>>([])
    })
    const rows = found.map((one) => [
      String(one.id),
      one.kind,
      one.when,
      one.state === "broken" ? "stopped" : (spokenNext(one)[0] ?? "-"),
      one.last_run === null ? "-" : `${formatTime(one.last_run.due_at)} ${one.last_run.state}`,
      one.person,
      one.text.length > 40 ? `${one.text.slice(0, 39)}…` : one.text
    ])
    yield* print(
      rows.length === 0
        ? 'Nothing is planned. For example: blufio cron add "every weekday at 8:30" "What is on today?"'
        : table(["ID", "KIND", "WHEN", "NEXT", "LAST", "PERSON", "TEXT"], rows),
      yield* Effect.orDie(encodeRows(found))
    )
  })
).pipe(Command.withDescription("List jobs and reminders, by their next time"))

const isReminder = Flag.Boolean("remind").pipe(
  Flag.withDescription("Only say the text at that time: no model is asked, it costs nothing"),
  Flag.withDefault(false)
)

const missed = Flag.Literals("missed", ["once", "skip", "all"]).pipe(
  Flag.withDescription("What to do about times that passed while Blufio did not run"),
  Flag.withDefault("once" as const)
)

const put = (wanted: {
  readonly when: string
  readonly text: string
  readonly kind: ScheduleKind
  readonly missed: MissedPolicy
}) =>
  reach({
    daemon: (client) => ask(client.addSchedule({ payload: wanted })),
    database: (known) => Effect.provide(putHere(wanted), layerSchedules(known)),
    nothing: (known) => Effect.provide(putHere(wanted), layerSchedules(known))
  })

const putHere = Effect.fnUntraced(function* ({ when, ...wanted }: Parameters<typeof put>[0]) {
  const schedules = yield* Schedules
  const chat = yield* schedules.placeFor(Option.none())
  return yield* schedules
    .add({ ...wanted, person: owner, chat, source: null }, when)
    .pipe(
      Effect.catchTag(["WhenUnclear", "ScheduleRefused"], ({ message }) =>
        Effect.fail(new WrongUsage({ detail: message }))
      )
    )
})

const add = Command.make(
  "add",
  {
    when: Argument.String("WHEN").pipe(
      Argument.withDescription('"every weekday at 8:30", "tomorrow at 9", "30 8 * * 1-5"')
    ),
    text: Argument.String("PROMPT").pipe(
      Argument.withDescription("What to ask the model each time, or what to remind you of")
    ),
    isReminder,
    missed
  },
  Effect.fn("cron add")(function* ({ isReminder, missed, text, when }) {
    const kind = isReminder ? "reminder" : "cron"
    const report = yield* put({ when, text, kind, missed })
    yield* printOne(confirm(report, `blufio cron rm ${report.id}`), report)
  })
).pipe(Command.withDescription("Have something done at a time, once or again and again"))

const id = Argument.Int("ID").pipe(Argument.withDescription("Its number in the list"))

const run = Command.make(
  "run",
  { id },
  Effect.fn("cron run")(function* ({ id }) {
    const client = yield* requireDaemon(yield* settings)
    const report = yield* ask(client.runSchedule({ params: { id } }))
    yield* printOne(`${report.id} is run now; the answer goes to ${report.chat}.`, report)
  }, Effect.scoped)
).pipe(Command.withDescription("Do it once now, beside its times"))

const rm = Command.make(
  "rm",
  { id },
  Effect.fn("cron rm")(function* ({ id }) {
    const report = yield* reach({
      daemon: (client) => ask(client.removeSchedule({ params: { id } })),
      database: (known) =>
        Effect.provide(
          Effect.flatMap(Schedules, (schedules) =>
            schedules.remove(ScheduleId.make(id), Option.none())
          ),
          layerSchedules(known)
        ),
      nothing: () => Effect.fail(new NoSuchSchedule({ id }))
    })
    yield* printOne(`${report.id} is taken back: ${report.text}`, report)
  })
).pipe(Command.withDescription("Take a job or reminder back"))

export const command = Command.make("cron").pipe(
  Command.withDescription("Plan what is to be done later"),
  Command.withSubcommands([list, add, run, rm])
)
