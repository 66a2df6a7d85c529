"""By which words is it told what somebody wants who writes under a post? English and German.

Lower case, `'` for every apostrophe. A word that ends in `*` stands for all that begin like it;
several words stand for themselves in a row. They are few on purpose: each can be pointed at.
"""

ASKS = (
    "anyone know", "anybody know", "wondering if", "wondering whether", "how much", "how many",
    "how long", "how do", "how to", "where can", "where do", "when do", "when will", "can you tell",
    "could you tell", "please tell", "what is the price", "kann mir jemand", "weiß jemand",
    "weiss jemand", "kann jemand", "könnt ihr", "könnten sie", "könntet ihr", "wie viel", "wieviel",
    "wie lange", "wie oft", "was kostet", "was kosten", "wisst ihr",
)  # fmt: skip
"""Anywhere: the writer asks, with or without a question mark."""

BEGINS = (
    "was ist", "was sind", "was kann", "was muss", "was macht", "was bedeutet", "was passiert",
    "was habt", "was gibt", "do i", "do we", "brauche ich", "muss ich", "can you", "could you",
    "would you", "can i", "could i", "can we", "may i", "do you", "do they", "does it", "does this",
    "does anyone", "is there", "are there", "is it", "is this", "are you", "will you", "will there",
    "will the", "can someone", "can anyone", "have you", "did you", "kann man", "kannst du",
    "können sie", "gibt es", "gibt's", "habt ihr", "haben sie", "hat wer", "hat jemand", "seid ihr",
    "liefert ihr", "macht ihr", "darf man", "muss man", "ist das",
)  # fmt: skip
"""At the beginning of a part of a sentence."""

OPENS = (
    "who", "what", "when", "where", "why", "which", "how", "whose", "wer", "wann", "wo", "warum",
    "wieso", "weshalb", "welche", "welcher", "welches", "wie", "woher", "wohin", "womit", "wofür",
)  # fmt: skip
"""At the beginning of a sentence that does not end in an exclamation mark."""

EXCLAIMS = ("what a", "what an", "how nice", "how cool", "was für", "wie schön", "wie cool")
"""At the beginning: no question, though it looks like one."""

GRAVE = (
    "scam", "fraud", "lawyer", "lawsuit", "illegal", "dangerous", "injured", "police", "money back",
    "charged twice", "charged me twice", "betrug", "abzocke", "betrüger", "anwalt",
    "anzeige erstatten", "verbraucherschutz", "gefährlich", "verletzt", "polizei", "geld zurück",
    "doppelt abgebucht",
)  # fmt: skip
"""A complaint that cannot wait."""

COMPLAINS = (
    "so bad", "really bad", "very bad", "too bad", "bad service", "bad quality", "bad experience",
    "is a joke", "too slow", "so slow", "zu langsam", "disappoint*", "terrible", "horrible",
    "awful", "worst", "worse", "unacceptable", "useless", "rubbish", "garbage", "disgusting",
    "frustrat*", "annoy*", "angry", "ridiculous", "pathetic", "never again", "waste of", "rip off",
    "ripoff", "thanks for nothing", "nobody answers", "no one answers", "no answer", "no reply",
    "no response", "still waiting", "been waiting", "hangs up", "ignored", "misleading",
    "overpriced", "unhappy", "doesn't work", "does not work", "don't work", "didn't work",
    "not working", "stopped working", "keeps crashing", "crash*", "rude*", "unfriendly",
    "unprofessional", "incompetent", "dirty", "cold food", "poor quality", "poor service", "fed up",
    "had enough", "shameful", "embarrass*", "complain*", "cancel my", "cancelled my",
    "nobody cares", "don't care", "doesn't care", "beware", "regret*", "false advertising", "fake",
    "still have nothing", "still nothing", "still no", "still not", "still haven't", "still hasn't",
    "still doesn't", "still isn't", "never arrived", "never came", "never got", "never received",
    "never answered", "hasn't arrived", "not arrived", "can't reach", "cannot reach", "is down",
    "down again", "out of order", "fell apart", "falls apart", "fell off", "nobody picked up",
    "no one picked up", "times and nobody", "instead of helping", "step backwards", "step back",
    "expected more", "expected much more", "expected better", "do not buy", "don't buy", "is gone",
    "gave up", "i want my", "i paid", "we paid", "paid for", "ruined", "let down", "leak*",
    "overcharged", "hidden fees", "wrong order", "my complaint", "enttäusch*", "schlecht*",
    "furchtbar*", "schrecklich*", "unmöglich", "unverschämt*", "frech*", "frust*", "ärger*",
    "wütend", "sauer", "lächerlich", "nie wieder", "danke für nichts", "niemand antwortet",
    "keine antwort", "keine reaktion", "warte seit", "warte immer noch", "warten seit",
    "geldverschwendung", "zeitverschwendung", "irreführend", "unzufrieden", "funktioniert nicht",
    "funktionieren nicht", "geht nicht", "stürzt", "legt einfach auf", "katastroph*", "mies*",
    "überteuert", "unfreundlich*", "unprofessionell*", "inkompetent*", "unhöflich*", "dreckig*",
    "schmutzig*", "zu teuer", "nervt", "reicht mir", "es reicht", "schäm*", "beschwer*",
    "storniert", "kündige*", "interessiert niemanden", "bereue*", "finger weg", "immer noch nichts",
    "immer noch nicht", "immer noch kein*", "noch immer nicht", "noch immer nichts",
    "noch immer kein*", "bis heute nicht", "bis heute nichts", "bis heute kein*", "nie angekommen",
    "nicht angekommen", "nie geliefert", "nicht geliefert", "nicht erreichbar",
    "schon wieder nicht", "niemand erreichbar", "außer betrieb", "keiner ging ran",
    "niemand ging ran", "geht keiner ran", "geht niemand ran", "statt zu helfen", "rückschritt",
    "mehr erwartet", "besser erwartet", "kauft das nicht", "nicht kaufen", "ist weg", "aufgegeben",
    "ich will mein", "ich habe bezahlt", "bezahlt und", "ruiniert", "verarscht", "veräppelt",
    "auseinandergefallen", "abgefallen", "undicht", "zu viel berechnet", "versteckte kosten",
)  # fmt: skip
"""The writer is not content."""

FAULTS = (
    "refund", "erstattung", "reklamation", "broken", "broke", "breaks", "damaged", "defective",
    "faulty", "wrong size", "wrong item", "got lost", "torn", "cracked", "scratched", "snapped",
    "ripped", "late", "overdue", "missing", "delayed", "problem", "problems", "error", "bug",
    "lost", "kaputt", "defekt*", "beschädigt*", "falschen größe", "falsche größe",
    "falsch geliefert", "gerissen", "gebrochen", "zerbrochen", "zerkratzt", "abgebrochen",
    "verspätet", "überfällig", "verspätung", "fehlt", "gefehlt", "fehlen", "verloren ging",
    "verloren gegangen", "probleme", "fehler", "verloren",
)  # fmt: skip
"""Something is wrong: a complaint if it is told, a question if it is asked about."""

PRAISES = (
    "not bad", "der hammer", "thank", "thanks", "thank you", "thx", "cheers", "great", "awesome",
    "amazing", "love", "loved", "lovely", "beautiful", "wonderful", "excellent", "fantastic",
    "perfect", "helpful", "helped", "well done", "good job", "nice", "best", "happy", "happier",
    "congrat*", "recommend*", "five stars", "glad", "the best", "fan of", "big fan", "brilliant",
    "gorgeous", "stunning", "proud", "made my day", "impressed", "impressive", "wow", "superb",
    "outstanding", "incredible", "grateful", "bravo", "enjoyed", "thankful", "cool", "like a charm",
    "saved my", "worth it", "favourite", "favorite", "kudos", "respect", "keep it up", "good",
    "delighted", "danke", "vielen dank", "dankeschön", "merci", "toll*", "super", "klasse", "liebe",
    "lieben", "wunderschön*", "wunderbar*", "großartig*", "perfekt", "hilfreich", "geholfen",
    "gut gemacht", "gut", "weiter so", "schön*", "beste", "bester", "bestes", "besten dank",
    "zufrieden", "glückwunsch", "gratul*", "weiterempfehl*", "empfehlenswert", "spitze", "genial",
    "begeistert", "fünf sterne", "froh", "die besten", "ein fan", "top", "freue", "freuen", "stolz",
    "ausgezeichnet*", "hervorragend*", "beeindruck*", "den tag gerettet", "dankbar", "respekt",
    "cool*", "fantastisch*", "prima", "lecker*", "wie geschmiert", "lohnt sich", "mega",
    "traumhaft*", "liebling*", "daumen hoch", "gefällt mir", "chapeau",
)  # fmt: skip
"""The writer is content, or thanks."""

DENIES = (
    "not", "no", "never", "isn't", "wasn't", "aren't", "don't", "didn't", "doesn't", "can't",
    "cannot", "couldn't", "won't", "without", "hardly", "nothing", "nicht", "kein", "keine",
    "keinen", "keinem", "keiner", "nie", "niemals", "ohne", "kaum", "nichts",
)  # fmt: skip
"""Turns what follows within three words into its opposite."""

INTENSE = ("couldn't be", "cannot be more", "can't be more")
"""Begins with a denial that is none: nothing could be better."""

HAPPY = "😀😃😄😁😊🙂😍🥰😘🤩❤🧡💛💚💙💜🖤👏👍🙌🙏🎉💪🔥💯🥳😎✨⭐🌟👌🤗🎊💖"
ANGRY = "😡😠🤬👎😤😞😒🙄😩😫😭💩🤮😾"
ASKING = "🤔❓❔🤷"
