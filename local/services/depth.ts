/** As deep as the JSON readers of .NET go by default (`MaxDepth`); what nests deeper is no JSON to them. */
export const DEEPEST_JSON = 64;

/** Whether a value nests deeper than so many levels. Calls itself for none, so that no depth ends the process. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level = containers([value]);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = containers(level.flatMap((one) => Object.values(one) as unknown[]));
  }
  return false;
}

function containers(values: readonly unknown[]): object[] {
  return values.filter((one): one is object => typeof one === 'object' && one !== null);
}
