/** Whether two ids are the same: Azure and Entra spell them in any case. */
export function sameId(left: string, right: string | undefined): boolean {
  return left.toLowerCase() === right?.toLowerCase();
}

/** Whether an id is one of these, in whatever case. */
export function isAmong(ids: readonly string[], id: string): boolean {
  return ids.some((other) => sameId(other, id));
}
