/** What becomes of an activity's input and output on their way between .NET and JavaScript. */
import type { RpcData } from './coreTypes.js';

/** The data of the trigger, from the input that stands in the history: a list of one. */
export function activityInput(input: string): RpcData {
  const [value] = JSON.parse(input) as unknown[];
  if (typeof value === 'string') return { string: value };
  // .NET writes a JSON value as text: `True` is no JSON any more.
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  // The function gets undefined for null.
  return value === null || value === undefined ? {} : { json: JSON.stringify(value) };
}

/** What a function returned, as JSON text, or what the host says where it cannot take it. */
export function activityOutput(
  returned: RpcData | null,
): { readonly ok: true; readonly json: string | null } | { readonly ok: false; readonly why: string } {
  const number = returned?.int ?? returned?.double;
  if (number !== undefined && !Number.isFinite(number)) {
    return { ok: false, why: 'Can not convert Null to Double.' };
  }
  if (returned?.string !== undefined) return { ok: true, json: JSON.stringify(returned.string) };
  return { ok: true, json: returned?.json ?? (number === undefined ? null : JSON.stringify(number)) };
}
