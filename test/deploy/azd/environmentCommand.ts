import type { Answer } from '../machine/calls.js';

/** `azd env …`; undefined where that is not known here. */
export function environmentCommand(
  values: Record<string, string>,
  command: string | undefined,
  [name = '', value]: readonly string[],
): Answer | undefined {
  switch (command) {
    case 'set':
      if (value === undefined) return undefined;
      values[name] = value;
      return { code: 0 };
    case 'get-value': {
      const found = values[name];
      return found === undefined
        ? { code: 1, err: [`ERROR: key '${name}' not found in the environment values`] }
        : { code: 0, out: `${found}\n` };
    }
    case 'get-values': {
      const lines = Object.entries(values).map(([key, held]) => `${key}="${held}"\n`);
      return { code: 0, out: lines.sort().join('') };
    }
    default:
      return undefined;
  }
}
