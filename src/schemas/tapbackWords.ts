/**
 * How phones put a tapback into words, language by language: `{}` is an emoji, `…` the place of the quotation, which is
 * the end of the text without it. Several of a kind, because phones' own words changed over the years.
 */

/** Phrases of a language. */
export interface Phrases {
  readonly quoting: ReadonlyArray<string>
  /** What was reacted to, where it is no text. */
  readonly things: ReadonlyArray<string>
}

const list = (text: string): ReadonlyArray<string> => text.split("|").map((phrase) => phrase.trim())

/** Each start with each of the ends. */
const removals = (start: string, what: string, end: string): ReadonlyArray<string> =>
  list(what).map((one) => `${start} ${one} ${end}`)

const ENGLISH: Phrases = {
  quoting: [
    ...list("Loved|Liked|Disliked|Laughed at|Emphasized|Emphasised|Questioned"),
    ...list("Reacted {} to|Reacted with {} to|{} to|Removed {} from"),
    ...removals(
      "Removed",
      "a heart|a like|a dislike|a laugh|an exclamation|an exclamation mark|a question mark",
      "from"
    )
  ],
  things: [
    ...list("an image|a photo|a movie|a video|an attachment|a sticker|a file"),
    ...list("an audio message|a voice message|a contact|a location|a link")
  ]
}

const GERMAN: Phrases = {
  quoting: [
    ...list("Gefällt|Gefiel|Mag|Mochte|Liebt|Liebte|Lacht über|Lachte über|Betonte|Betont|Hob hervor"),
    ...list("Hinterfragt|Hinterfragte|Gefällt nicht|Mochte nicht|Gefällt … nicht|Mochte … nicht"),
    ...list("Hat … geliebt|Hat … gemocht|Hat … nicht gemocht|Hat … betont|Hat … hervorgehoben"),
    ...list("Hat … hinterfragt|Hat über … gelacht|Hat … mit „Gefällt mir“ markiert"),
    ...list("Hat … mit einem Herz markiert|Hat mit {} auf … reagiert|Reagierte mit {} auf|{} zu|{} auf"),
    ...list("Hat {} von … entfernt|Entfernte {} von"),
    ...removals(
      "Hat",
      "ein Herz|ein „Gefällt mir“|ein „Gefällt mir nicht“|ein Lachen|ein Ausrufezeichen|ein Fragezeichen",
      "von … entfernt"
    )
  ],
  things: list("ein Bild|ein Foto|ein Video|einen Film|einen Anhang|eine Audionachricht|einen Sticker")
}

const FRENCH: Phrases = {
  quoting: [
    ...list("A adoré|A aimé|N'a pas aimé|A ri de|A rigolé à|A mis en évidence|A souligné|A mis l'accent sur"),
    ...list("A posé une question sur|S'est interrogé sur|S'est interrogée sur|S'est interrogé(e) sur"),
    ...list("A réagi avec {} à|A réagi par {} à|{} à|A retiré {} de"),
    ...removals("A attribué la mention", "« Adore »|« Aime »|« J'aime »", "à"),
    ...["A retiré", "A supprimé"].flatMap((removed) =>
      removals(
        removed,
        "un cœur|un J'aime|un « J'aime »|un Je n'aime pas|un rire|un point d'exclamation|un point d'interrogation",
        "de"
      )
    )
  ],
  things: list("une image|une photo|une vidéo|un film|une pièce jointe|un message audio|un autocollant")
}

const SPANISH: Phrases = {
  quoting: [
    ...list("Le encantó|Le gustó|No le gustó|Le dio risa|Se rio de|Se rió de|Exclamó por|Enfatizó|Destacó"),
    ...list("Dudó sobre|Dudó de|Cuestionó|Le ha encantado|Le ha gustado|No le ha gustado|Le ha dado risa"),
    ...list("Ha enfatizado|Ha destacado|Ha cuestionado|Reaccionó con {} a|Ha reaccionado con {} a|{} a"),
    ...list("Eliminó {} de|Quitó {} de"),
    ...["Eliminó", "Quitó", "Ha eliminado", "Ha quitado"].flatMap((removed) =>
      removals(
        removed,
        "un corazón|un me gusta|un no me gusta|una risa|una exclamación|un signo de exclamación|un signo de interrogación",
        "de"
      )
    )
  ],
  things: list(
    "una imagen|una foto|un video|un vídeo|una película|un archivo adjunto|un mensaje de audio|un sticker"
  )
}

const ITALIAN: Phrases = {
  quoting: [
    ...list("Ha amato|Ha adorato|Ha gradito|Non ha gradito|Ha messo Mi piace a|Ha messo “Mi piace” a"),
    ...list("Ha messo un cuore a|Ha riso a|Ha riso di|Ha riso per|Ha enfatizzato|Ha evidenziato"),
    ...list("Ha messo in dubbio|Ha reagito con {} a|{} a|Ha rimosso {} da"),
    ...removals(
      "Ha rimosso",
      "un cuore|un Mi piace|un “Mi piace”|un Non mi piace|una risata|un punto esclamativo|un punto interrogativo",
      "da"
    )
  ],
  things: list("un'immagine|una foto|un video|un filmato|un allegato|un messaggio audio|un adesivo")
}

const PORTUGUESE: Phrases = {
  quoting: [
    ...list("Amou|Adorou|Gostou de|Curtiu|Não gostou de|Não curtiu|Riu de|Riu-se de|Enfatizou|Destacou"),
    ...list("Questionou|Reagiu com {} a|{} a|{} para|Removeu {} de"),
    ...removals(
      "Removeu",
      "um coração|um gosto|um Curtir|uma curtida|um não gosto|um riso|uma risada|um ponto de exclamação|um ponto de interrogação",
      "de"
    )
  ],
  things: list("uma imagem|uma foto|um vídeo|um filme|um anexo|uma mensagem de áudio|um adesivo")
}

const DUTCH: Phrases = {
  quoting: [
    ...list("Vond leuk|Vindt leuk|Vond geweldig|Hield van|Houdt van|Lachte om|Moest lachen om|Benadrukte"),
    ...list("Zette vraagtekens bij|Vond niet leuk|Vindt … leuk|Vond … leuk|Vond … niet leuk|Vond … geweldig"),
    ...list("Heeft … leuk gevonden|Heeft … benadrukt|Heeft gelachen om|Heeft met {} gereageerd op"),
    ...list("Reageerde met {} op|{} op|Heeft {} verwijderd van"),
    ...removals(
      "Heeft",
      "een hartje|een duim|een vind-ik-leuk|een lach|een uitroepteken|een vraagteken",
      "verwijderd van"
    )
  ],
  things: list("een afbeelding|een foto|een video|een film|een bijlage|een audiobericht|een sticker")
}

const SCANDINAVIAN: Phrases = {
  quoting: [
    ...list(
      "Älskade|Gillade|Ogillade|Skrattade åt|Betonade|Ifrågasatte|Reagerade med {} på|Tog bort {} från"
    ),
    ...list("Elskede|Syntes godt om|Grinede ad|Fremhævede|Reagerede med {} på|Fjernede {} fra"),
    ...list("Elsket|Likte|Lo av|Fremhevet|Reagerte med {} på|Fjernet {} fra|{} till|{} til")
  ],
  things: list("en bild|ett foto|en video|en bilaga|et billede|et bilde|et vedlegg")
}

const EASTERN: Phrases = {
  quoting: [
    ...list("Polubił|Polubiła|Polubiono|Pokochał|Pokochała|Zareagował {} na|Zareagowała {} na"),
    ...list("Понравилось|Не понравилось|Очень понравилось|Рассмешило|Подчеркнуто|Выделено|Под вопросом"),
    ...list("Реакция {} на|Удалено {} из"),
    ...list("Beğendi|Bayıldı|Güldü|Vurguladı|… mesajını beğendi|… mesajına {} tepkisini verdi")
  ],
  things: []
}

const JAPANESE: Phrases = {
  quoting: [
    ...list("…にハートを付けました|…をハートで強調しました|…に「いいね」しました|…に“いいね”しました"),
    ...list("…にいいねしました|…にいいね！しました|…を気に入りました|…が大好きです|…に「よくない」しました"),
    ...list("…に笑いました|…を笑いました|…を強調しました|…に疑問を投げかけました|…に疑問を持ちました"),
    ...list("…に{}でリアクションしました|…に{}でリアクション|…からハートを削除しました"),
    ...list("…から「いいね」を削除しました|…から{}を削除しました")
  ],
  things: []
}

const CHINESE: Phrases = {
  quoting: [
    ...list("喜爱了|喜爱|喜欢了|喜欢|赞了|赞|不喜欢|不赞同|大笑|对…大笑|强调了|强调|质疑了|质疑"),
    ...list("对…表示喜爱|对…表示赞|用{}回应了|以{}回应|对…回应了{}|对…做出了{}回应|移除了对…的{}回应"),
    ...list("愛了|喜愛|喜歡|讚了|按讚|強調|質疑|對…說讚|對…表示喜愛|以{}回應")
  ],
  things: []
}

const KOREAN: Phrases = {
  quoting: [
    ...list("…을(를) 좋아함|…을(를) 사랑함|…에 좋아요를 표시함|…에 하트를 표시함|…에 웃음"),
    ...list("…을(를) 강조함|…에 {} 반응함")
  ],
  things: []
}

export const LANGUAGES: ReadonlyArray<Phrases> = [
  ENGLISH,
  GERMAN,
  FRENCH,
  SPANISH,
  ITALIAN,
  PORTUGUESE,
  DUTCH,
  SCANDINAVIAN,
  EASTERN,
  JAPANESE,
  CHINESE,
  KOREAN
]
