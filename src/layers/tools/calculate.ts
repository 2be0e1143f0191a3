// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import jsep from "jsep"
import { define, ToolFailed } from "../../services/Toolbox.ts"

const maxLength = 1000

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "**": (a, b) => a ** b,
  "^": (a, b) => a ** b
}

const functions: Readonly<Record<string, (...numbers: ReadonlyArray<number>) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  cos: Math.cos,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log: Math.log10,
  log2: Math.log2,
  max: Math.max,
  min: Math.min,
  round: Math.round,
  sin: Math.sin,
  sqrt: Math.sqrt,
  tan: Math.tan
}

const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E }

const own = <A>(table: Readonly<Record<string, A>>, name: string): Option.Option<A> =>
  Object.hasOwn(table, name) ? Option.fromUndefinedOr(table[name]) : Option.none()

/** Only numbers, the tables above and nothing else: there is no way from here to the program. */
const evaluate = (node: jsep.Expression): Option.Option<number> => {
  const all = (nodes: ReadonlyArray<jsep.Expression>) => Option.all(nodes.map(evaluate))
  switch (node.type) {
    case "Literal": {
      const { value } = node as jsep.Literal
      return typeof value === "number" ? Option.some(value) : Option.none()
    }
    case "Identifier":
      return own(constants, (node as jsep.Identifier).name.toLowerCase())
    case "UnaryExpression": {
      const { argument, operator } = node as jsep.UnaryExpression
      const sign = operator === "-" ? -1 : operator === "+" ? 1 : undefined
      return sign === undefined ? Option.none() : Option.map(evaluate(argument), (n) => sign * n)
    }
    case "BinaryExpression": {
      const { left, operator, right } = node as jsep.BinaryExpression
      return Option.flatMap(own(binary, operator), (apply) =>
        Option.map(Option.all([evaluate(left), evaluate(right)]), ([a, b]) => apply(a, b))
      )
    }
    case "CallExpression": {
      const { arguments: args, callee } = node as jsep.CallExpression
      if (callee.type !== "Identifier") return Option.none()
      return Option.flatMap(
        own(functions, (callee as jsep.Identifier).name.toLowerCase()),
        (apply) => Option.map(all(args), (numbers) => apply(...numbers))
      )
    }
    default:
      return Option.none()
  }
}

// As in written arithmetic, a power binds tighter than a product and to the right.
jsep.addBinaryOp("^", 11, true)
jsep.addBinaryOp("**", 11, true)

const wrong = new ToolFailed({
  detail:
    "Not an arithmetic expression. Known: + - * / % ^, brackets, pi, e, and " +
    `${Object.keys(functions).join(", ")}.`
})

export const calculate = define({
  name: "calculate",
  description: "Works out an arithmetic expression exactly as written, e.g. (3.5 + 2) * sqrt(2).",
  parameters: Schema.Struct({
    expression: Schema.NonEmptyString.check(Schema.isMaxLength(maxLength))
  }),
  idempotent: true,
  trusted: true,
  core: true,
  run: ({ expression }) =>
    Effect.try({ try: () => jsep(expression), catch: () => wrong }).pipe(
      Effect.flatMap((parsed) => Effect.fromOption(evaluate(parsed))),
      Effect.mapError(() => wrong),
      Effect.filterOrFail(
        Number.isFinite,
        () => new ToolFailed({ detail: "The result is not a number." })
      ),
      Effect.map(String)
    )
})
