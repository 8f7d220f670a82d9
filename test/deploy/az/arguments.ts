/** Reads what `az` was called with. */

export interface Given {
  /** The words before the first option: `keyvault secret set`. */
  readonly command: string;
  /** The value of an option; undefined where it is not given. Throws where it was given several. */
  option(name: string): string | undefined;
  /** The same, where it must be there. Throws as `az` would end. */
  required(name: string): string;
  /** The values that follow an option. */
  list(name: string): readonly string[];
  has(name: string): boolean;
}

/** What `az` says of a command line, or of what it was asked to do: its exit code is not 0. */
export class AzError extends Error {
  constructor(
    message: string,
    readonly code = 1,
  ) {
    super(message);
  }
}

/** @param known options that the command has here; throws at others, so that none passes unseen */
export function readArguments(args: readonly string[], known: (command: string) => readonly string[]): Given {
  const end = args.findIndex((arg) => arg.startsWith('-'));
  const words = end === -1 ? args : args.slice(0, end);
  const command = words.join(' ');
  const options = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const arg of args.slice(words.length)) {
    if (!arg.startsWith('--')) {
      if (current === undefined) throw new Error(`az ${command}: ${arg} is not known here.`);
      current.push(arg);
      continue;
    }
    const [name = '', ...value] = arg.split('=');
    current = options.get(name) ?? [];
    options.set(name, current);
    if (value.length > 0) current.push(value.join('='));
  }
  const unknown = [...options.keys()].filter((name) => !known(command).includes(name));
  if (unknown.length > 0) throw new Error(`az ${command}: ${unknown.join(', ')} is not known here.`);
  const list = (name: string): readonly string[] => options.get(name) ?? [];
  const option = (name: string): string | undefined => {
    const values = list(name);
    if (values.length > 1) throw new Error(`az ${command}: ${name} has ${values.length} values.`);
    return values[0];
  };
  return {
    command,
    list,
    option,
    has: (name) => options.has(name),
    required(name) {
      const value = option(name);
      if (value === undefined) throw new AzError(`the following arguments are required: ${name}`, 2);
      return value;
    },
  };
}
