// SPDX-License-Identifier: MIT OR Apache-2.0
/** Finds, in what a person typed, the rules, tasks, decisions, names and facts that must not be lost. */
import type { Entry } from "../Turn.ts"
import type { Note, NoteKind } from "./Compaction.ts"

/** A line up to this length is kept whole; of a longer one, the sentence. */
const wholeLine = 300
const longest = 800

const number = String.raw`(?:\s*(?:no\.?|nr\.?|n°|#)?\s*\p{L}?\d+|\s+\p{L})?`
const mark = String.raw`\s*[:.)\]\-–—：]`
const before = String.raw`(?:(?:standing|house|golden|ground|general|permanent|important|new|open|my|another|next|first|second|third|fourth|fifth|neue?|offene?|meine|nouvelle|nueva|nuova)\s+)*`
const label = (words: string) => new RegExp(`^${before}(?:${words})${number}${mark}`, "iu")

const word = (words: string) =>
  new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${words})(?![\p{L}\p{N}])`, "iu")

/** What is called by its name on the way to a colon: "Here is a standing rule for you: …". */
const announced: ReadonlyArray<readonly [NoteKind, RegExp]> = [
  [
    "rule",
    /^[^.!?:：]{0,40}(?<!\p{L})(?:rule|regel|règle|regla|regola|regra)(?!\p{L})[^.!?:：]{0,30}[:：]\s*\S/iu
  ],
  [
    "task",
    /^[^.!?:：]{0,40}(?<!\p{L})(?:task|to-?do|aufgabe|tâche|tarea|compito|tarefa)(?!\p{L})[^.!?:：]{0,30}[:：]\s*\S/iu
  ]
]

/** What a person calls by its name. */
const labels: ReadonlyArray<readonly [NoteKind, RegExp]> = [
  [
    "rule",
    label(
      "rule|regel|grundregel|règle|regla|regola|regra|reguła|правило|规则|规矩|ルール|remember|please remember|reminder to self|merke?|retiens|recuerda|ricorda|запомни|记住|覚えて"
    )
  ],
  [
    "task",
    label(
      "task|to-?do|to do|action item|action|open point|aufgabe|tâche|tarea|compito|tarefa|zadanie|задача|任务|待办|タスク|erinnerung|reminder"
    )
  ],
  ["task", /^to-?do\b/iu],
  [
    "decision",
    label(
      "decision|decided|agreed|entscheidung|beschluss|beschlossen|décision|decisión|decisione|decisão|решение|决定"
    )
  ],
  ["fact", label("fact|fakt|tatsache|fait|dato|hecho|fatto|note|notiz|nota|fyi|info")],
  ["name", label("name|names|nom|nombre|nome|имя|名字|名前")]
]

/** What speaks for itself. The order decides: a rule that names a task is a rule. */
const wordings: ReadonlyArray<readonly [NoteKind, RegExp]> = [
  [
    "task",
    word(
      "open tasks?|still (?:open|to do)|remind me|remember to|don['’]?t forget to|do not forget to|(?:i|we) (?:still )?(?:need|have|want) to|add (?:\\S+ ){1,12}to (?:my|the) (?:list|tasks|to-?dos?)|muss noch|müssen noch|vergiss nicht[, ]|nicht vergessen|erinnere? mich|rappelle-moi|il faut|n['’]oublie pas de|recuérdame|tengo que|no olvides|ricordami|devo|non dimenticare|lembra-me|напомни|надо|нужно|提醒我"
    )
  ],
  [
    "rule",
    word(
      "standing rules?|house rules?|ground rules?|always|never|from now on|from today on|going forward|in (?:the )?future|every time|each time|whenever|at all times|under no circumstances|please remember|remember that|keep in mind|bear in mind|make sure|immer|nie|niemals|nie wieder|ab jetzt|ab sofort|ab heute|von nun an|künftig|in zukunft|jedes mal|grundsätzlich|merk(?:e)? dir|denk(?:e)? daran|toujours|jamais|désormais|dorénavant|à partir de maintenant|chaque fois|souviens-toi|siempre|nunca|jamás|de ahora en adelante|a partir de ahora|cada vez|sempre|d['’]ora in poi|ogni volta|a partir de agora|zawsze|nigdy|всегда|никогда|отныне|с этого момента"
    )
  ],
  ["rule", /^(?:please\s+)?(?:do not|don['’]t|bitte (?:nicht|kein\S*)|ne\s+\S+\s+pas|no\s+me)\s/iu],
  ["rule", /总是|始终|永远|绝不|从不|不要再|从现在起|以后都|いつも|必ず|決して|今後は|これからは/u],
  [
    "decision",
    word(
      "(?:we|i)(?:['’]ve| have)? (?:decided|agreed|settled|chosen)|we(?:['’]ll| will)? go with|let['’]?s go with|it is decided|wir haben (?:\\S+ ){0,6}(?:entschieden|beschlossen|vereinbart)|ich habe mich entschieden|(?:on a|nous avons|j['’]ai) décidé|(?:hemos|he) decidido|(?:abbiamo|ho) deciso|decidimos|мы решили|我们决定"
    )
  ],
  [
    "name",
    word(
      "my name is|(?:i am|i['’]m) called|call me|my (?:wife|husband|partner|son|daughter|mother|father|mum|mom|dad|sister|brother|dog|cat|boss|doctor|friend|colleague)(?:['’]s name)? is|ich heiße|ich heisse|mein name ist|nenn(?:e)? mich|mein\\S* (?:frau|mann|sohn|tochter|mutter|vater|schwester|bruder|hund|katze|chef\\S*) (?:heißt|ist)|je m['’]appelle|mon nom est|appelle-moi|me llamo|mi nombre es|mi chiamo|il mio nome è|chamo-me|меня зовут"
    )
  ],
  ["name", /我叫|我的名字|私の名前|と申します|といいます/u],
  [
    "fact",
    word(
      "i (?:live|work|was born|am allergic|prefer|like|hate|love|own|speak)|i['’]m allergic|my \\S+(?: \\S+)? (?:is|are)|ich (?:wohne|arbeite|bin|mag|hasse|habe)|mein\\S* \\S+ (?:ist|sind)|j['’](?:habite|aime)|je (?:suis|travaille|préfère)|vivo en|trabajo|soy|prefiero|abito|lavoro|preferisco"
    )
  ]
]

const headings: ReadonlyArray<readonly [NoteKind, RegExp]> = [
  [
    "rule",
    /(?<!\p{L})(?:rules?|regeln|règles|reglas|regole|regras|правила|规则|instructions?)(?!\p{L})[^.!?]*[:：]\s*$/iu
  ],
  [
    "task",
    /(?<!\p{L})(?:tasks?|to-?dos?|to do|aufgaben|tâches|tareas|compiti|tarefas|задачи|任务|待办)(?!\p{L})[^.!?]*[:：]\s*$/iu
  ],
  [
    "decision",
    /(?<!\p{L})(?:decisions?|entscheidungen|décisions|decisiones|decisioni)(?!\p{L})[^.!?]*[:：]\s*$/iu
  ],
  ["fact", /(?<!\p{L})(?:facts|fakten|faits|hechos|fatti)(?!\p{L})[^.!?]*[:：]\s*$/iu]
]

const bullet = /^\s*(?:[-*•–+]|\d+[.)])\s+/u
const openBox = /^\s*(?:[-*•+]\s*)?\[\s?\]\s+/u
const doneBox = /^\s*(?:[-*•+]\s*)?\[[xX✓]\]/u
const ornament = /^[\s*_>#"“„'`]+/u

const isQuestion = (text: string) => /[?？]["'”)*_]*\s*$/u.test(text)

const named = (text: string): NoteKind | undefined =>
  labels.find(([, pattern]) => pattern.test(text))?.[0] ??
  (isQuestion(text) ? undefined : announced.find(([, pattern]) => pattern.test(text))?.[0])

/** Named as a rule or a task by the person: never left out, whatever there is to shorten. */
export const isNamed = (text: string): boolean =>
  openBox.test(text) || named(text.replace(bullet, "").replace(ornament, "")) !== undefined

const worded = (text: string): NoteKind | undefined =>
  isQuestion(text) ? undefined : wordings.find(([, pattern]) => pattern.test(text))?.[0]

const sentences = (line: string): ReadonlyArray<string> =>
  line.match(/[^.!?。！？]+(?:[.!?。！？]+["'”)]*|$)/gu)?.map((text) => text.trim()) ?? []

const kept = (text: string): string => (text.length <= longest ? text : text.slice(0, longest))

type Found = Pick<Note, "kind" | "text">

/** A line of its own: by what stands before it, by its own label, then by its words. */
const inLine = (line: string, heading: NoteKind | undefined): ReadonlyArray<Found> => {
  if (doneBox.test(line)) return []
  const text = line.trim()
  if (openBox.test(text)) return [{ kind: heading ?? "task", text: kept(text) }]
  const bare = text.replace(bullet, "").replace(ornament, "")
  const kind = named(bare) ?? heading
  if (kind !== undefined) return [{ kind, text: kept(text) }]
  if (text.length <= wholeLine) {
    // The line as a whole is a question only when it ends as one.
    const found = worded(text)
    return found === undefined ? [] : [{ kind: found, text }]
  }
  return sentences(text).flatMap((sentence) => {
    const found = worded(sentence)
    return found === undefined ? [] : [{ kind: found, text: kept(sentence) }]
  })
}

export const findNotes = (text: string): ReadonlyArray<Found> => {
  const found: Array<Found> = []
  let heading: NoteKind | undefined
  let wasItem = false
  for (const line of text.split(/\r?\n/u)) {
    const isItem = bullet.test(line) || openBox.test(line)
    if (line.trim() === "") {
      if (wasItem) heading = undefined
      continue
    }
    const opened = headings.find(([, pattern]) => pattern.test(line))?.[0]
    if (opened !== undefined && !isItem) {
      heading = opened
      wasItem = false
      continue
    }
    if (wasItem && !isItem) heading = undefined
    found.push(...inLine(line, heading))
    wasItem = isItem || wasItem
  }
  return found
}

/** What a known person typed in an entry: not what was forwarded, read from a file, or ours. */
export const typed = ({ parts, role }: Pick<Entry, "parts" | "role">): ReadonlyArray<string> =>
  role !== "user"
    ? []
    : parts.flatMap((part) =>
        part._tag === "Text" && part.origin === "person" && part.trusted ? [part.text] : []
      )

export const notesOf = (
  entries: ReadonlyArray<Pick<Entry, "id" | "role" | "parts">>
): ReadonlyArray<Note> =>
  entries.flatMap((entry) =>
    typed(entry).flatMap((text) =>
      findNotes(text).map(({ kind, text }) => ({ kind, text, source: entry.id }))
    )
  )
