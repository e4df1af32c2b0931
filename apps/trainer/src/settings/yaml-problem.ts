import { type Document, isNode, isScalar, visit } from 'yaml';

/** What keeps a document from being plain values, and where it stands. */
export interface YamlProblem {
  readonly message: string;
  readonly offset: number;
}

/** Each is looked up in the whole document. */
const MOST_ALIASES = 100;

/** The first problem of a document that was parsed without a look at whether its keys are unique: that takes a second for 8,000. */
export function yamlProblem(document: Document.Parsed): YamlProblem | undefined {
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) return { message: problem.message, offset: problem.pos[0] };
  let found: YamlProblem | undefined;
  let aliases = 0;
  const stop = (message: string, node: unknown): symbol => {
    found = { message, offset: isNode(node) ? (node.range?.[0] ?? 0) : 0 };
    return visit.BREAK;
  };
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) return stop(`the key ${JSON.stringify(name)} comes twice`, key);
        seen.add(name);
      }
    },
    Alias(_, alias, ancestors) {
      if (++aliases > MOST_ALIASES) return stop(`there are more than ${MOST_ALIASES} aliases`, alias);
      const named = alias.resolve(document);
      if (named === undefined) return stop(`*${alias.source} names nothing`, alias);
      if (ancestors.some((ancestor) => ancestor === named)) {
        return stop(`*${alias.source} stands within what it names`, alias);
      }
    },
  });
  return found;
}
