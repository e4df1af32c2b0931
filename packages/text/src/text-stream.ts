/** Text that comes id by id. */
export interface TextStream {
  /**
   * The text that this id adds: none where it is the first part of a character whose other parts are still to come.
   *
   * @throws {TextError} if the id is not in the vocabulary
   */
  next(id: number): string;

  /** What was held back, when no more ids come. */
  end(): string;
}

/** All text of a stream. */
export function joinStream(stream: TextStream, ids: ArrayLike<number>): string {
  let text = '';
  for (let i = 0; i < ids.length; i++) text += stream.next(ids[i]);
  return text + stream.end();
}
