// SPDX-License-Identifier: MIT OR Apache-2.0
/** What each method does, once its parameters are found right. */
import type { Method, Parameters } from "./methods.ts"
import type { Answer, State } from "./State.ts"

type Act<M extends Method> = (state: State, call: Parameters<M>) => Answer

const done = (result: unknown): Answer => ({ ok: true, result })

export const acts: { readonly [M in Exclude<Method, "getUpdates">]: Act<M> } = {
  getMe: ({ username }) => done({ id: 123456, is_bot: true, first_name: "Blufio", username }),
  deleteWebhook: (state) => {
    state.webhook = undefined
    return done(true)
  },
  getWebhookInfo: (state) =>
    done({
      url: state.webhook ?? "",
      has_custom_certificate: false,
      pending_update_count: state.updates.length
    }),
  answerCallbackQuery: (state, call) => state.presses.answer(call),
  getFile: (state, call) => state.files.getFile(call.file_id),
  sendMessage: (state, call) => state.sendMessage(call),
  editMessageText: (state, call) => state.editMessageText(call),
  sendDocument: (state, call) => state.sendFile("sendDocument", call, call.document),
  sendPhoto: (state, call) => state.sendFile("sendPhoto", call, call.photo),
  sendAnimation: (state, call) => state.sendFile("sendAnimation", call, call.animation),
  deleteMessage: (state, call) => state.deleteMessage(call),
  sendChatAction: (state, call) => state.sendChatAction(call),
  setMessageReaction: (state, call) => state.setMessageReaction(call),
  setMyCommands: (state, call) => state.setMyCommands(call)
}
