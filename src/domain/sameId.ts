/** Whether two ids are the same: Azure and Entra spell them in any case. */
export function sameId(left: string, right: string | undefined): boolean {
  return left.toLowerCase() === right?.toLowerCase();
}
