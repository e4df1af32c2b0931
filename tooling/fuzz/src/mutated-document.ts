import { type JsonText, render, toJsonText } from './json-text.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import type { Random } from './random.ts';
import { utf8 } from './utf8.ts';

/** A mutant of one of several JSON documents, as bytes: changed in its structure, and now and then in its bytes. */
export function mutatedDocument(seeds: readonly unknown[], random: Random): Uint8Array {
  let document: JsonText = toJsonText(random.pick(seeds));
  const changes = random.oneIn(20) ? 0 : random.few(6);
  for (let i = 0; i < changes; i++) document = mutateJson(document, random, { wellFormed: false });
  let bytes = utf8(render(document));
  while (random.oneIn(6)) bytes = mutateBytes(bytes, random);
  return bytes;
}

/** The same as JSON that can be parsed, for what is given values rather than bytes. */
export function mutatedValue(seeds: readonly unknown[], random: Random): Uint8Array {
  let document: JsonText = toJsonText(random.pick(seeds));
  const changes = random.oneIn(20) ? 0 : random.few(6);
  for (let i = 0; i < changes; i++) document = mutateJson(document, random, { wellFormed: true });
  return utf8(render(document));
}
