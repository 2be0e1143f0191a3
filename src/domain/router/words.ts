// SPDX-License-Identifier: MIT OR Apache-2.0
/** Words that tell what a message asks for, as beginnings of words, in the languages people write to us. */

/** What a word can be a sign of. */
export const kinds = [
  "courtesy",
  "continuation",
  "fact",
  "writing",
  "rework",
  "tools",
  "proof",
  "analysis",
  "comparison",
  "design",
  "planning",
  "depth",
  "engineering"
] as const
export type Kind = (typeof kinds)[number]

/** In scripts with spaces: a word counts when it begins with one of these; `=` wants the whole word. */
export const beginnings: Readonly<Record<Kind, string>> = {
  courtesy: `=hi =hey hello hallo =moin =guten morgen =good =morning =night evening afternoon
    thank =thx =ok =okay =cool great perfect =nice =lol =bye goodbye cheers welcome =fine =sure
    dank =passt =super =tschüss =alles =klar bonjour bonsoir =salut =merci beaucoup soirée journée
    parfait =accord hola gracias =vale genial =buenos =buenas =tardes =noches =adiós ciao grazie
    =buongiorno =buonasera perfetto =oi =olá obrigad =bom =boa =dia =tchau =valeu привет спасибо
    здравствуй пока понятно хорошо merhaba selam teşekkür =tamam cześć dzięki dziękuję hoi dag
    =tot =morgen مرحبا شكرا السلام नमस्ते धन्यवाद शुक्रिया`,
  continuation: `continue =proceed =further weiter fortfahr poursui =sigue continúa =continua
    prosegu =vai продолж дальше devam kontynuuj =dalej =verder =same gleich =idem =mismo stesso
    =next =nächste suivant siguiente successiv seguinte أكمل تابع जारी`,
  fact: `=time capital hauptstadt capitale =spell convert remind erinner rappelle recuérd recuerda
    ricorda lembra напомн hatırlat przypomnij herinner =translate heißt =dit =dice =diz =spät =heure
    =hora =ore =percent =synonym =stand =coin =wann =when =who =wer =qui =quién =chi =quem =кто
    столиц сколько başkent stolica hoofdstad عاصمة كم الساعة राजधानी कितन`,
  writing: `write =draft explain describe suggest recommend =why =how summar rewrit translat poem
    email =list =tips =idea schreib erklär empf warum zusammenfass fasse übersetz formulier entwurf
    écri rédig expliqu pourquoi résum donne recommand conseil escrib explica =cómo recomien recomiénd
    resum redact scriv spieg =come perché consigli riassum corregg prepara escrev =como sugir
    recomend explique напиши объясни почему посовет расскажи переведи =yaz açıkla neden napisz
    wyjaśnij dlaczego polec schrijf =leg =waarom =uitleg اكتب لماذا اشرح اقترح लिखो समझा क्यों बताओ
    difference unterschied différence diferencia differenza diferença advantage avantage ventaj
    vantag inconvénient =pros =cons error fehler recipe rezept ricetta receta receita`,
  rework: `summar rewrite reword shorten translat proofread shorter friendlier rephrase paragraph
    zusammenfass fasse kürz umformulier übersetz résum raccourci tradui resum acort traduc riassum
    corregg traduci resuma traduz перевед сократи`,
  tools: `=weather =wetter météo =fetch http =search =browse =workspace =file =files =look =website
    =calculate =berechne recherch cherche busca cerca pesquis найди погод hava`,
  proof: `prove proof beweis démontr demuestra demostra dimostra =prove demonstr derive herleit
    докаж доказа kanıtla udowodn bewijs أثبت برهن सिद्ध theorem induct induktion irrational`,
  analysis: `analy analis analiz evaluat bewert évalu evalú valuta evalua assess investigat
    untersuch critical =review weigh abwäg reason hypothes systematic argument perspectiv perspektiv
    проанализ оцен değerlendir przeanaliz weeg حلل ناقش أسباب विश्लेषण predict discuss diskut consequenc conséquen consecuen
    consegu последств`,
  comparison: `compar vergleich vergelijk confront porówn karşılaştır сравн gegenüber alternativ
    variant قارن तुलना`,
  design: `design architect architekt entwirf entwerf concev conçois diseñ progett projet
    спроектир tasarla zaprojekt ontwerp schema datenmodell threat صمم डिज़ाइन`,
  planning: `plan roadmap curriculum timeline itinerar budget scenario szenari scénario escenari
    cenário scenari phase =phased phas fase faz fases kalender calendrier calendari cronogram
    migrat migra workflow étape paso =passo этап plano planu strateg стратег план stappenplan خطة
    परिदृश्य milestone business negóci geschäftsplan marktanalys marché curricul`,
  depth: `detail détail detall dettagli thorough ausführlich justif begründ motiv обосн trade-off
    trade-offs tradeoff compromis compromess risk risiko risque riesgo rischi risco risk ryzyk
    risiken assumption annahm depend abhäng edge invariant obstacle consider several step schritt
    uzasadn onderbouw gerekçe gerekçeli подробн поэтап تبرير مفصل المخاطر المزايا العيوب कारण
    elabora completo complete vollständig complet`,
  engineering: `implement refactor optimi debug depura compil algorithm algoritm distribu concurren
    deadlock race idempot scalab skalier микросерв microserv monolith migrat mandant ölçeklen
    fehlschl interbloque latenc verschlüssel chiffr encrypt protocol formalis downtime स्केलेबिलिटी
    सुरक्षा failure complexity outage`
}

/** In scripts without spaces: these count wherever they stand. */
export const fragments: Readonly<Record<Kind, ReadonlyArray<string>>> = {
  courtesy: [
    "你好",
    "谢谢",
    "明白",
    "好的",
    "再见",
    "こんにちは",
    "ありがとう",
    "おはよう",
    "了解"
  ],
  continuation: ["继续", "下一步", "続け", "次の"],
  fact: ["几点", "首都", "怎么说", "等于", "多少", "何時", "高さ", "何です", "起こして"],
  writing: [
    "写一",
    "为什么",
    "解释",
    "推荐",
    "区别",
    "介绍",
    "怎么做",
    "总结",
    "書いて",
    "なぜ",
    "説明",
    "教えて",
    "レシピ",
    "方法",
    "おすすめ"
  ],
  rework: ["改得", "翻译", "缩短", "总结", "直して", "要約", "翻訳"],
  tools: ["天气", "搜索", "查一下", "天気", "検索", "調べて"],
  proof: ["证明", "推导", "証明", "導出"],
  analysis: ["分析", "评估", "预测", "評価", "検討", "論じ", "観点"],
  comparison: ["比较", "对比", "优缺点", "比較"],
  design: ["设计", "架构", "設計", "アーキテクチャ", "データモデル"],
  planning: ["计划", "方案", "规划", "分阶段", "计划", "計画", "段階的", "手順"],
  depth: ["详细", "权衡", "说明理由", "理由", "利点と欠点", "詳しく", "风险", "リスク"],
  engineering: ["算法", "分布式", "扩展性", "可靠性", "迁移", "容灾", "拡張性", "障害"]
}
