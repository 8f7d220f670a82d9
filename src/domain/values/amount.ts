/** A number with its noun, as people write it: `1 runtime`, `2 runtimes`. */
export function amount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
