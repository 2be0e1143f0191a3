// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reads multipart/form-data as strictly as RFC 7578 asks, into parameters like those of a JSON call. */

export class SentFile {
  readonly name: string
  readonly bytes: Buffer
  constructor(name: string, bytes: Buffer) {
    this.name = name
    this.bytes = bytes
  }
}

const numeric = new Set(["chat_id", "message_thread_id"])
const boolean = new Set(["disable_content_type_detection"])

interface Part {
  readonly name: string
  readonly fileName: string | undefined
  readonly bytes: Buffer
}

const partOf = (raw: Buffer): Part | undefined => {
  const end = raw.indexOf("\r\n\r\n")
  if (end === -1) return undefined
  const header = raw.subarray(0, end).toString()
  const disposition = /^content-disposition: ?form-data;(.*)$/im.exec(header)?.[1]
  const [, name] = /(?:^|;) ?name="([^"]+)"/.exec(disposition ?? "") ?? []
  // A name without quotes ends at a blank or a semicolon: what follows would be lost.
  const [, quoted, bare] = / ?filename=(?:"([^"\\]+)"|([^;"\s]+))$/.exec(disposition ?? "") ?? []
  const isFile = disposition?.includes("filename=") === true
  const fileName = quoted ?? bare
  if (name === undefined || (isFile && fileName === undefined)) return undefined
  return { name, fileName, bytes: raw.subarray(end + 4) }
}

const split = (body: Buffer, boundary: string): ReadonlyArray<Buffer> | undefined => {
  const marker = Buffer.from(`\r\n--${boundary}`)
  const whole = Buffer.concat([Buffer.from("\r\n"), body])
  const parts: Array<Buffer> = []
  let at = whole.indexOf(marker)
  if (at !== 0) return undefined
  while (true) {
    const from = at + marker.length
    if (whole.subarray(from, from + 2).toString() === "--")
      return whole.subarray(from + 2).toString() === "\r\n" ? parts : undefined
    at = whole.indexOf(marker, from)
    if (at === -1 || whole.subarray(from, from + 2).toString() !== "\r\n") return undefined
    parts.push(whole.subarray(from + 2, at))
  }
}

const valueOf = ({ bytes, name }: Part, files: ReadonlyMap<string, SentFile>): unknown => {
  const text = bytes.toString()
  if (text.startsWith("attach://")) return files.get(text.slice("attach://".length))
  if (numeric.has(name) && /^-?\d+$/.test(text)) return Number(text)
  return boolean.has(name) ? text === "true" : text
}

/** `undefined` when it cannot be read, or holds a file that nothing refers to. */
export const parseMultipart = (
  contentType: string,
  body: Buffer
): Readonly<Record<string, unknown>> | undefined => {
  const [, boundary] = /^multipart\/form-data; boundary=([\w-]{1,70})$/.exec(contentType) ?? []
  const parts = boundary === undefined ? undefined : split(body, boundary)?.map(partOf)
  if (parts === undefined) return undefined
  const files = new Map<string, SentFile>()
  const values: Array<Part> = []
  for (const part of parts) {
    if (part === undefined) return undefined
    if (part.fileName === undefined) values.push(part)
    else files.set(part.name, new SentFile(part.fileName, part.bytes))
  }
  const fields = Object.fromEntries(values.map((part) => [part.name, valueOf(part, files)]))
  const used = new Set(Object.values(fields))
  return [...files.values()].every((file) => used.has(file)) ? fields : undefined
}
