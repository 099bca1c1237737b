// Names of others inside our sentences.

// A name that is written in the other direction would pull the words and the punctuation around it
// along. Between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (UAX #9 §2.4.3) it runs as it
// likes and the sentence stays as it was. Not <bdi>: a message is text, and goes into <title> too.
export const isolate = (name: string): string => `\u2068${name}\u2069`
