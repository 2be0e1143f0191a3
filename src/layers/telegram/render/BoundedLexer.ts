// SPDX-License-Identifier: MIT OR Apache-2.0
/** Markdown's lexer, but what would take it long stays text: it runs on the thread that serves all. */
import { Lexer, type Token, type TokensList } from "marked"

/** Lists and quotes within each other. */
const deepest = 50
/** For each sign that may begin an emphasis the rest of the paragraph is read. */
const mostReads = 100_000_000
/** No mail address has a longer name. For each sign of one the lexer looks ahead to the `@`. */
const longestName = 2000

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

const hasEndlessName = (text: string): boolean =>
  Array.from(text.matchAll(/[\w.!#$%&'*+/=?^`{|}~-]+/g)).some(
    ({ 0: name, index }) => name.length > longestName && text[index + name.length] === "@"
  )

const isCostly = (text: string): boolean =>
  (text.includes("@") && hasEndlessName(text)) || text.length * countOf(text, /[*_~]/g) > mostReads

const asText = (text: string): Token => ({ type: "text", raw: text, text })

export class BoundedLexer extends Lexer {
  private depth = 0

  override blockTokens(src: string, tokens?: Array<Token>, isClipped?: boolean): Array<Token>
  override blockTokens(src: string, tokens?: TokensList, isClipped?: boolean): TokensList
  override blockTokens(src: string, tokens: Array<Token> = [], isClipped = false): Array<Token> {
    if (this.depth > deepest) {
      tokens.push(asText(src))
      return tokens
    }
    this.depth++
    try {
      return super.blockTokens(src, tokens, isClipped)
    } finally {
      this.depth--
    }
  }

  override inlineTokens(src: string, tokens: Array<Token> = []): Array<Token> {
    if (!isCostly(src)) return super.inlineTokens(src, tokens)
    tokens.push(asText(src))
    return tokens
  }
}
