import { isJsonObject, type Json } from '../../domain/values/json.js';

/** A text of an answer; `undefined` where it has none of that name. */
export function textOf(json: Json | undefined, key: string): string | undefined {
  const value = isJsonObject(json) ? json[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}
