// SPDX-License-Identifier: MIT OR Apache-2.0
/** Proves who asks on the gateway's port: by a key, or by a token that a signed challenge was given for. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { isSameBytes, type Principal } from "../domain/identity.ts"
import { Audit } from "./Audit.ts"
import { Ed25519 } from "./Ed25519.ts"
import { Identities } from "./Identities.ts"
import { IdentityStore } from "./IdentityStore.ts"
import { KeyedHash } from "./KeyedHash.ts"
import type { StoreError } from "./Store.ts"

/** The same words whatever was wrong. */
export class NotProven extends Schema.TaggedError<NotProven>()("NotProven", {}) {
  override get message(): string {
    return "A valid key or token is needed: Authorization: Bearer …"
  }
}

/** Too many failures from one address. Never said to who proves who they are. */
export class TooManyFailures extends Schema.TaggedError<TooManyFailures>()("TooManyFailures", {
  retryAfterSeconds: Schema.Int
}) {
  override get message(): string {
    return `Too many failed attempts. Try again in ${this.retryAfterSeconds} seconds.`
  }
}

const challengeLifetime = Duration.toMillis(Duration.seconds(60))
const tokenLifetime = Duration.toMillis(Duration.minutes(15))
const failureWindow = Duration.toMillis(Duration.minutes(1))
const mostFailures = 10
/** Rows in the audit per address and window: who knocks must not fill the disk. */
const mostRecorded = 3
const touchEvery = Duration.toMillis(Duration.minutes(1))
const mostTokens = 10_000
const mostNonces = 10_000
const mostAddresses = 10_000
const tokenPrefix = "blufiot_"

interface Failures {
  count: number
  readonly since: number
}
interface Token {
  readonly device: string
  readonly expiresAt: number
}

/** The oldest entries go first. */
const bound = <K, V>(map: Map<K, V>, most: number) => {
  while (map.size > most) map.delete(map.keys().next().value as K)
}

const utf8 = new TextEncoder()
const challengeShape =
  /^(blufio-auth-v1 daemon=(\S{1,64}) device=(\S{1,64}) nonce=([\w-]{22,64}) expires=(\d{1,16})) mac=(\S{20,64})$/

export class Auth extends Context.Service<
  Auth,
  {
    /** What a device has to sign; the same for one that nobody knows. Costs no memory. */
    readonly challenge: (device: string) => Effect.Effect<string, StoreError>
    /** `signature`: of the challenge's UTF-8 bytes, in base64. Each challenge serves once. */
    readonly token: (
      given: { readonly device: string; readonly challenge: string; readonly signature: string },
      address: string
    ) => Effect.Effect<
      { readonly token: string; readonly expiresInSeconds: number },
      NotProven | TooManyFailures | StoreError
    >
    readonly authenticate: (
      bearer: Option.Option<string>,
      address: string
    ) => Effect.Effect<Principal, NotProven | TooManyFailures | StoreError>
    /** Before something short enough to be guessed is looked at. */
    readonly mayGuess: (address: string) => Effect.Effect<void, TooManyFailures>
    /** Counts a failure that happened elsewhere, such as a wrong code. */
    readonly refuse: (
      address: string,
      what: string
    ) => Effect.Effect<never, NotProven | TooManyFailures | StoreError>
  }
>()("blufio/services/Auth") {
  static readonly layer = Layer.effect(
    Auth,
    Effect.gen(function* () {
      const audit = yield* Audit
      const digest = yield* Digest.Digest
      const ed25519 = yield* Ed25519
      const identities = yield* Identities
      const keyedHash = yield* KeyedHash
      const random = yield* SecureRandom
      const store = yield* IdentityStore
      /** By the hash of the token: memory holds none that could be used. */
      const tokens = new Map<string, Token>()
      const usedNonces = new Map<string, number>()
      const failures = new Map<string, Failures>()
      /** By what last use was noted. */
      const touched = new Map<string, number>()

      const randomText = (length: number) =>
        Effect.map(random.randomBytes(length), Base64Url.encode)
      const daemon = yield* Effect.cached(Effect.flatMap(randomText(9), store.daemonName))
      const hashOf = (text: string) =>
        Effect.orDie(digest.digestHex(Digest.sha256, utf8.encode(text)))

      const tooMany = (since: number, now: number) => {
        const wait = Math.ceil((since + failureWindow - now) / 1000)
        return new TooManyFailures({ retryAfterSeconds: Math.max(1, wait) })
      }

      const mayGuess = Effect.fnUntraced(function* (address: string) {
        const now = yield* Clock.currentTimeMillis
        const last = failures.get(address)
        const isOver = last === undefined || now - last.since >= failureWindow || now < last.since
        if (!isOver && last.count >= mostFailures) return yield* tooMany(last.since, now)
      })

      const refuse: Auth["Service"]["refuse"] = Effect.fn("Auth.refuse")(function* (address, what) {
        const now = yield* Clock.currentTimeMillis
        const last = failures.get(address)
        const isFresh = last === undefined || now - last.since >= failureWindow || now < last.since
        const entry = isFresh ? { count: 0, since: now } : last
        entry.count++
        failures.delete(address)
        failures.set(address, entry)
        bound(failures, mostAddresses)
        if (entry.count <= mostRecorded)
          yield* audit.record({
            action: "auth.refused",
            actor: address,
            subject: what,
            outcome: "refused",
            detail: {}
          })
        if (entry.count <= mostFailures) return yield* new NotProven()
        return yield* tooMany(entry.since, now)
      })

      const inUse = Effect.map(store.devices, (all) =>
        all.filter(({ revokedAt }) => revokedAt === null)
      )
      /** By id, or by a name that no other device in use has. */
      const deviceOf = (idOrName: string) =>
        Effect.map(inUse, (inUse) => {
          const named = inUse.filter(({ name }) => name === idOrName)
          return (
            inUse.find(({ id }) => id === idOrName) ?? (named.length === 1 ? named[0] : undefined)
          )
        })
      /** What stands in place of an id, the same each time, for a device that nobody knows. */
      const nobody = (device: string) =>
        keyedHash.ofText(`no device: ${device}`).replaceAll(/[^\w]/g, "x").slice(0, 8)

      const challenge: Auth["Service"]["challenge"] = Effect.fn("Auth.challenge")(
        function* (device) {
          const nonce = yield* randomText(24)
          const expires = (yield* Clock.currentTimeMillis) + challengeLifetime
          const id = (yield* deviceOf(device))?.id ?? nobody(device)
          const text = `blufio-auth-v1 daemon=${yield* daemon} device=${id} nonce=${nonce} expires=${expires}`
          return `${text} mac=${keyedHash.ofText(text)}`
        }
      )

      /** The nonce and the end of a challenge of ours for this device, neither too old nor used. */
      const open = Effect.fnUntraced(function* (device: string, text: string) {
        const [, signed, ofDaemon, ofDevice, nonce, expires, mac] = challengeShape.exec(text) ?? []
        if (signed === undefined || nonce === undefined || mac === undefined) return undefined
        const now = yield* Clock.currentTimeMillis
        const left = Number(expires) - now
        const isOurs =
          isSameBytes(utf8.encode(mac), utf8.encode(keyedHash.ofText(signed))) &&
          ofDaemon === (yield* daemon) &&
          ofDevice === device
        // A clock that was set back makes nothing live longer than it was meant to.
        const isOpen = isOurs && left > 0 && left <= challengeLifetime && !usedNonces.has(nonce)
        return isOpen ? { nonce, until: Number(expires) } : undefined
      })

      /** Only what a device has signed is kept, so that nobody else can fill the memory. */
      const useUp = Effect.fnUntraced(function* (nonce: string, until: number) {
        const now = yield* Clock.currentTimeMillis
        for (const [used, end] of usedNonces) if (end <= now) usedNonces.delete(used)
        if (usedNonces.has(nonce) || usedNonces.size >= mostNonces) return false
        usedNonces.set(nonce, until)
        return true
      })

      const touch = Effect.fnUntraced(function* (
        label: string,
        write: (at: number) => Effect.Effect<void, StoreError>
      ) {
        const now = yield* Clock.currentTimeMillis
        if (now - (touched.get(label) ?? 0) < touchEvery) return
        touched.set(label, now)
        bound(touched, mostAddresses)
        yield* write(now)
      })

      const token: Auth["Service"]["token"] = Effect.fn("Auth.token")(function* (
        { challenge, device, signature },
        address
      ) {
        const known = yield* deviceOf(device)
        const opened = yield* open(known?.id ?? device, challenge)
        const bytes = Result.getOrUndefined(Base64.decode(signature))
        const isSigned =
          opened !== undefined &&
          known !== undefined &&
          bytes !== undefined &&
          ed25519.verify(known.publicKey, utf8.encode(challenge), bytes)
        if (!isSigned || !(yield* useUp(opened.nonce, opened.until)))
          return yield* refuse(address, "challenge")
        const secret = `${tokenPrefix}${yield* randomText(32)}`
        const expiresAt = (yield* Clock.currentTimeMillis) + tokenLifetime
        tokens.set(yield* hashOf(secret), { device: known.id, expiresAt })
        bound(tokens, mostTokens)
        yield* audit.record({
          action: "auth.login",
          actor: `device:${known.id}`,
          subject: known.name,
          outcome: "ok",
          detail: {}
        })
        yield* touch(`device:${known.id}`, (at) => store.touchDevice(known.id, at))
        return { token: secret, expiresInSeconds: Math.floor(tokenLifetime / 1000) }
      })

      const byToken = Effect.fnUntraced(function* (bearer: string) {
        const hash = yield* hashOf(bearer)
        const found = tokens.get(hash)
        const now = yield* Clock.currentTimeMillis
        if (found === undefined) return undefined
        const left = found.expiresAt - now
        const device = (yield* inUse).find(({ id }) => id === found.device)
        if (left <= 0 || left > tokenLifetime || device === undefined) {
          tokens.delete(hash)
          return undefined
        }
        return { label: `device:${device.id}`, scopes: device.scopes }
      })

      const byKey = Effect.fnUntraced(function* (bearer: string) {
        const holder = Option.getOrUndefined(yield* identities.holderOf(bearer))
        if (holder === undefined) return undefined
        const label = `key:${holder.id}`
        yield* touch(label, (at) => store.touchKey(holder.id, at))
        return { label, scopes: holder.scopes }
      })

      return Auth.of({
        challenge,
        token,
        mayGuess,
        refuse,
        authenticate: Effect.fn("Auth.authenticate")(function* (bearer, address) {
          if (Option.isNone(bearer)) return yield* new NotProven()
          const principal: Principal | undefined = yield* bearer.value.startsWith(tokenPrefix)
            ? byToken(bearer.value)
            : byKey(bearer.value)
          return principal ?? (yield* refuse(address, "key"))
        })
      })
    })
  )
}
