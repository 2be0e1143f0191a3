// SPDX-License-Identifier: MIT OR Apache-2.0
/** Files that people sent: told of by getFile, handed out below /file/bot<token>/. */
import type * as Http from "node:http"

const refusal = (description: string) => ({ ok: false, error_code: 400, description }) as const

/** What Telegram hands to bots at most. */
const mostBytes = 20 * 1024 * 1024

/** How the next download goes wrong. */
export type FileFault =
  | { readonly kind: "status"; readonly code: number }
  /** The address leads elsewhere. */
  | { readonly kind: "redirect"; readonly to: string }
  /** No answer at all, or none after the first `after` bytes. */
  | { readonly kind: "hang"; readonly after?: number }
  /** The connection breaks after so many bytes. */
  | { readonly kind: "cut"; readonly after: number }

export interface StoredFile {
  readonly file_id: string
  readonly file_unique_id: string
  readonly file_size: number
}

interface Held {
  readonly bytes: Uint8Array
  readonly path: string
  /** As getFile tells it; left out: it tells none. */
  readonly size: number | undefined
}

export class Files {
  /** Paths that were asked for, in order. */
  readonly downloads: Array<{ readonly path: string; isAbandoned: boolean }> = []
  private lastNumber = 0
  private readonly held = new Map<string, Held>()
  private readonly faults = new Map<string, Array<FileFault>>()

  /** As it stands in a message. `size`: what is told of it, wrong or not. */
  add(
    bytes: Uint8Array,
    { path, size = bytes.length }: { readonly path?: string; readonly size?: number | "none" } = {}
  ): StoredFile {
    const number = ++this.lastNumber
    const file_id = `file-id-${number}`
    this.held.set(file_id, {
      bytes,
      path: path ?? `documents/file_${number}.bin`,
      size: size === "none" ? undefined : size
    })
    return {
      file_id,
      file_unique_id: `unique${number}`,
      file_size: size === "none" ? bytes.length : size
    }
  }

  /** Its next downloads go wrong, one after the other. */
  fail(fileId: string, ...faults: ReadonlyArray<FileFault>): void {
    this.faults.set(fileId, [...faults])
  }

  forget(fileId: string): void {
    this.held.delete(fileId)
  }

  getFile(fileId: string) {
    const file = this.held.get(fileId)
    if (file === undefined)
      return refusal("Bad Request: wrong file_id or the file is temporarily unavailable")
    if ((file.size ?? 0) > mostBytes) return refusal("Bad Request: file is too big")
    return {
      ok: true as const,
      result: {
        file_id: fileId,
        file_unique_id: fileId,
        ...(file.size !== undefined && { file_size: file.size }),
        file_path: file.path
      }
    }
  }

  serve(path: string, response: Http.ServerResponse, changed: () => void): void {
    const download = { path, isAbandoned: false }
    this.downloads.push(download)
    response.on("close", () => {
      download.isAbandoned = !response.writableFinished
      changed()
    })
    changed()
    const [id = "", file] = [...this.held].find(([, one]) => one.path === path) ?? []
    const fault = this.faults.get(id)?.shift()
    if (file === undefined || fault?.kind === "status") {
      response.writeHead(fault?.kind === "status" ? fault.code : 404)
      return void response.end("Not Found")
    }
    if (fault?.kind === "redirect") {
      response.writeHead(302, { location: fault.to })
      return void response.end()
    }
    const part = fault === undefined ? undefined : file.bytes.subarray(0, fault.after ?? 0)
    if (part === undefined) {
      response.writeHead(200, { "content-type": "application/octet-stream" })
      return void response.end(file.bytes)
    }
    if (fault?.kind === "hang" && part.length === 0) return
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": file.bytes.length
    })
    response.write(part, () => {
      if (fault?.kind === "cut") response.destroy()
    })
  }
}
