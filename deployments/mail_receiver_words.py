"""What does the unsubscribe page say, in the person's language?"""

from collections.abc import Mapping
from dataclasses import dataclass

OTHERWISE = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """`{brand}` stands for the brand's name."""

    title: str
    question: str
    button: str
    done: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        "Unsubscribe",
        "Do you want no more e-mail from {brand}?",
        "Unsubscribe",
        "Done. {brand} will send you no more e-mail.",
    ),
    "de": Words(
        "Abmelden",
        "Möchten Sie keine E-Mails mehr von {brand}?",
        "Abmelden",
        "Erledigt. {brand} schickt Ihnen keine E-Mails mehr.",
    ),
    "fr": Words(
        "Se désabonner",
        "Souhaitez-vous ne plus recevoir d’e-mails de {brand} ?",
        "Se désabonner",
        "C’est fait. {brand} ne vous enverra plus d’e-mails.",
    ),
    "es": Words(
        "Cancelar la suscripción",
        "¿No quiere recibir más correos de {brand}?",
        "Cancelar la suscripción",
        "Hecho. {brand} no le enviará más correos.",
    ),
    "it": Words(
        "Annulla l’iscrizione",
        "Non vuole più ricevere e-mail da {brand}?",
        "Annulla l’iscrizione",
        "Fatto. {brand} non le invierà più e-mail.",
    ),
    "nl": Words(
        "Afmelden",
        "Wilt u geen e-mail meer van {brand}?",
        "Afmelden",
        "Gedaan. {brand} stuurt u geen e-mail meer.",
    ),
    "pt": Words(
        "Cancelar a subscrição",
        "Não quer receber mais e-mails de {brand}?",
        "Cancelar a subscrição",
        "Feito. {brand} não lhe enviará mais e-mails.",
    ),
    "pl": Words(
        "Rezygnacja",
        "Czy nie chcesz już otrzymywać e-maili od {brand}?",
        "Rezygnuję",
        "Gotowe. {brand} nie wyśle Ci więcej e-maili.",
    ),
}


def words_for(*wanted: str) -> tuple[str, Words]:
    """Return the first language of which we have words, and these; each of `wanted` is BCP 47 or
    an Accept-Language header (RFC 9110), whose weights do not count, only its order."""
    for languages in wanted:
        for one in languages.split(","):
            language = one.partition(";")[0].strip().partition("-")[0].lower()
            if language in WORDS:
                return language, WORDS[language]
    return OTHERWISE, WORDS[OTHERWISE]
