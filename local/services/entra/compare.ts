/** Ids compare without case. */
export function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
