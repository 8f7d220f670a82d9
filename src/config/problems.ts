/** Something wrong with the configuration or the app settings: where, what, and what to do. */
export interface ConfigurationProblem {
  /** File name, or the app setting that holds the text. */
  readonly source: string;
  /** From 1; absent where the text has no such place. */
  readonly line?: number;
  readonly column?: number;
  /** For example `profiles[0].vault`. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

/** One line, as compilers print them: `airlock.yaml:12:5 profiles[0].vault: message → remedy`. */
export function formatProblem({ source, line, column, path, message, remedy }: ConfigurationProblem): string {
  const place = line === undefined ? source : `${source}:${line}:${column ?? 1}`;
  return `${place} ${path ? `${path}: ` : ''}${message} → ${remedy}`;
}

/** A place in the configuration: member names and indexes from the top. */
export type Path = readonly (string | number)[];

export function formatPath(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}

/** Something that the schema cannot see: a place, what is wrong there, and what to do. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly remedy: string;
}
