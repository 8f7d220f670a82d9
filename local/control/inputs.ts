/** What the routes of the control API share in reading their input. */
import { z } from 'zod';
import { PRINCIPALS } from '../sample/names.js';

/** A client id, or a name of the sample environment's principals. */
export const PRINCIPAL = z
  .string()
  .min(1)
  .transform((name) =>
    Object.hasOwn(PRINCIPALS, name) ? PRINCIPALS[name as keyof typeof PRINCIPALS] : name,
  );

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without what is absent: in JSON a field is there or it is not. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
