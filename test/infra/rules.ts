/** What the compiler lets pass, and this project does not. */

export interface Source {
  /** Path below infra/. */
  readonly path: string;
  readonly text: string;
}

/** What breaks a rule, a line each with file and line, as the compiler words it. */
export function brokenRules(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, text }) => {
    const counters = [...text.matchAll(/\bfor \(\w+, (\w+)\) in\b/g)].map(([, name = '']) => name);
    return text.split('\n').flatMap((line, i) => {
      const at = `infra/${path}(${i + 1})`;
      const broken: string[] = [];
      if (/^(?:(?:param|output) \w+| +\w+:) array\b/.test(line)) {
        broken.push(`${at} : array-without-type: say what is in it: string[], or a type of types.bicep`);
      }
      // Who is taken out of the list would give its name to the next.
      if (counters.some((name) => new RegExp(`^ *name: .*\\$\\{[^}]*\\b${name}\\b`).test(line))) {
        broken.push(`${at} : name-by-position: name it after what it is for, not after its place in a list`);
      }
      return broken;
    });
  });
}
