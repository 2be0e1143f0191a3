// SPDX-License-Identifier: MIT OR Apache-2.0
/** Buttons that people pressed, and what each of them was told. */
import type { Parameters } from "./methods.ts"
import type { Answer } from "./State.ts"

interface Press {
  readonly id: string
  readonly userId: number
  /** `undefined` until it is answered: so long a clock spins for the person. */
  toast: string | undefined
}

export class Presses {
  readonly all: Array<Press> = []

  add(userId: number) {
    const id = `4${String(this.all.length).padStart(17, "0")}`
    const press: Press = { id, userId, toast: undefined }
    this.all.push(press)
    const from = { id: userId, is_bot: false, first_name: `User ${userId}` }
    return { press, update: { id, from, chat_instance: "1" } }
  }

  answer(call: Parameters<"answerCallbackQuery">): Answer {
    const press = this.all.find(
      ({ id, toast }) => id === call.callback_query_id && toast === undefined
    )
    if (press === undefined)
      return {
        ok: false,
        error_code: 400,
        description:
          "Bad Request: query is too old and response timeout expired or query ID is invalid"
      }
    press.toast = call.text ?? ""
    return { ok: true, result: true }
  }
}
