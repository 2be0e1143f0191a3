// SPDX-License-Identifier: MIT OR Apache-2.0
/** The tools that come with Blufio. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Egress } from "../../services/Egress.ts"
import { FileStore } from "../../services/FileStore.ts"
import { Channels } from "../../services/Channel.ts"
import { Outbox } from "../../services/Outbox.ts"
import { OutgoingFiles } from "../../services/OutgoingFiles.ts"
import { Redactor } from "../../services/Redactor.ts"
import { Schedules } from "../../services/Schedules.ts"
import { Settings } from "../../services/Settings.ts"
import { Toolbox } from "../../services/Toolbox.ts"
import { calculate } from "./calculate.ts"
import { currentTime } from "./currentTime.ts"
import { httpRequest } from "./httpRequest.ts"
import { remind } from "./remind.ts"
import { sendFile } from "./sendFile.ts"
import { wait } from "./wait.ts"

export const layer = Layer.effect(
  Toolbox,
  Effect.gen(function* () {
    const { agent } = yield* Settings
    const egress = yield* Egress
    const schedules = yield* Schedules
    const files = {
      channels: yield* Channels,
      files: yield* OutgoingFiles,
      outbox: yield* Outbox,
      redactor: yield* Redactor,
      store: yield* FileStore
    }
    return Toolbox.fromList([
      calculate,
      currentTime(agent.time_zone),
      httpRequest(egress),
      remind(schedules),
      sendFile(files),
      wait
    ])
  })
)
