/**
 * The ids of a text, in the narrowest type that holds every id of the vocabulary: with 65 characters a text takes one byte
 * for each, and not four. An Int32Array, which `encode` gives, is one too, whatever the vocabulary.
 */
export type TokenIds = Uint8Array | Uint16Array | Int32Array;
