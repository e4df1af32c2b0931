/** See size.mjs. */
export declare function checkSizes(
  file: string,
  from: string,
): Promise<{ sizes: { name: string; size: number }[]; table: string; problems: string[] }>;
