// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * What belongs to a message of a group that spoke to the bot, without naming it itself: the other
 * pictures of an album, on either side of the words, and the rest of a text that a client has cut.
 */
import { cutFrom, cutWithin } from "../timing.ts"
import type { Update } from "../Update.ts"

/** So many albums, and so many long texts, are remembered; the oldest are forgotten. */
const most = 64
/** Telegram's own limit. */
const mostInAlbum = 10

export interface Piece {
  /** Shared by what was sent in one go, and by nothing else. */
  readonly album: string | undefined
  /** The place and who wrote there. */
  readonly author: string
  /** In milliseconds since 1970, by Telegram's clock, which counts whole seconds. */
  readonly sentAt: number
  readonly length: number
}

const note = <A>(map: Map<string, A>, key: string, value: A) => {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > most && oldest !== undefined) map.delete(oldest)
}

export const make = () => {
  const heard = new Map<string, true>()
  const unheard = new Map<string, ReadonlyArray<Update>>()
  /** When each author's last long text was sent. */
  const long = new Map<string, number>()

  return {
    isPart: ({ album, author, sentAt }: Piece): boolean => {
      const before = long.get(author)
      const isRest = before !== undefined && sentAt - before <= Math.ceil(cutWithin / 1000) * 1000
      return isRest || (album !== undefined && heard.has(album))
    },
    /** It was heard. Answers with what came before it and belongs to it, oldest first. */
    hear: ({ album, author, length, sentAt }: Piece): ReadonlyArray<Update> => {
      if (length >= cutFrom) note(long, author, sentAt)
      else long.delete(author)
      if (album === undefined) return []
      note(heard, album, true)
      return unheard.get(album) ?? []
    },
    /** What came before it is stored, and need not be remembered. */
    stored: ({ album = "" }: Piece): void => void unheard.delete(album),
    /** It was not heard; perhaps what follows it is. */
    passOver: (album: string, update: Update): void => {
      const members = unheard.get(album) ?? []
      if (members.length < mostInAlbum) note(unheard, album, [...members, update])
    }
  }
}
