// SPDX-License-Identifier: MIT OR Apache-2.0
/** The kinds of values that settings have; each says in `expected` what a person should write. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isLoopbackHost } from "./loopback.ts"

/** A key that may be left out, with the value it then has (as one would write it in the file). */
export const key = <S extends Schema.Constraint>(schema: S, value: S["Encoded"]) =>
  Schema.withDecodingDefaultKey<S>(Effect.succeed(value))(schema)

/** A section whose keys all have defaults: leaving it out is the same as leaving it empty. */
export const section = <const Fields extends Schema.Struct.Fields>(fields: Fields) => {
  const struct = Schema.Struct(fields)
  return struct.pipe(Schema.withDecodingDefaultKey(Effect.succeed({} as typeof struct.Encoded)))
}

export const Flag = Schema.Boolean.annotate({ expected: "true or false" })
export const OneOf = <const Choices extends ReadonlyArray<string>>(choices: Choices) =>
  Schema.Literals(choices).annotate({
    expected: choices.map((choice) => `"${choice}"`).join(" or ")
  })

export const Text = Schema.String.annotate({ expected: "a string" })
export const Name = Schema.NonEmptyString.annotate({ expected: "a string that is not empty" })
export const Names = Schema.Array(Name).annotate({ expected: "a list of strings" })
export const WholeNumbers = Schema.Array(Schema.Int).annotate({
  expected: "a list of whole numbers"
})

export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotate({
  expected: "a whole number of at least 1"
})

export const CountOrNone = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).annotate({
  expected: "a whole number of at least 0"
})

export const Pages = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65536 })).annotate({
  expected: "a whole number from 1 to 65536"
})

/** 0 stands for any free port. */
export const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 })).annotate({
  expected: "a port: a whole number from 0 to 65535"
})

export const Dollars = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)).annotate({
  expected: "an amount in dollars: a number of at least 0"
})

export const Share = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMinimum: true })
).annotate({ expected: "a share: a number above 0 and at most 1" })

export const TimeZone = Schema.TimeZoneNamedFromString.annotate({
  expected: 'a time zone, such as "UTC" or "Europe/Berlin"'
})

const ClockTime = Schema.String.check(Schema.isPattern(/^([01]\d|2[0-3]):[0-5]\d$/)).annotate({
  expected: 'a time of day, such as "22:00"'
})

export const ClockTimes = Schema.Tuple([ClockTime, ClockTime]).annotate({
  expected: 'two times of day, such as ["22:00", "08:00"]'
})

export const Cidrs = Schema.Array(Schema.IpNetworkFromString).annotate({
  expected: 'a list of networks, such as "10.0.0.0/8"'
})

const isSafeAddress = (text: string): boolean => {
  const url = URL.parse(text)
  if (url === null) return false
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname))
}

const anAddress = "an https:// address (http:// only for a loopback host)"

/** What leaves the machine goes over TLS: plain `http:` is for loopback hosts only (contract 3). */
export const Address = Schema.String.check(Schema.makeFilter(isSafeAddress)).annotate({
  expected: anAddress
})

export const AddressOrNone = Schema.String.check(
  Schema.makeFilter((text: string) => text === "" || isSafeAddress(text))
).annotate({ expected: `${anAddress}, or ""` })
