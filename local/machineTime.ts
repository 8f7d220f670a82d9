/**
 * The time that this process takes for the machine's. It is the machine's own until the local cloud begins anew: then
 * it goes on with the world's, so that whatever the app has kept for a while (tokens above all) is out of date.
 */

const MachineDate = Date;
const machineNow = Date.now.bind(Date);
let ahead = 0;

/** Milliseconds since the epoch on the machine itself. */
export function realNow(): number {
  return machineNow();
}

/** From now on this process's clock is so many milliseconds ahead of the machine's. */
export function setMachineAhead(ms: number): void {
  ahead = ms;
  if (globalThis.Date !== MachineDate) return;
  const now = () => machineNow() + ahead;
  MachineDate.now = now;
  // A proxy, so that a date is the same kind of thing whichever of the two made it.
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, given: unknown[], asked) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, asked),
  });
}
