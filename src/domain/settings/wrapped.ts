/**
 * Values that are right but for what stands around them. A service hands on a value as it was typed: quotes and blanks,
 * which a shell or a configuration file would take off, reach Airflow.
 */

import type { Conflict } from '../runs/plan.js';
import { isJsonObject, type Json, parseExactly } from '../values/json.js';
import { sameId } from '../values/sameId.js';
import { BACKEND, BACKEND_CLASS, BACKEND_KWARGS } from './backendSettings.js';
import * as conflicts from './conflicts.js';

interface Unwrapped {
  readonly value: string;
  readonly wrapping: 'quotes' | 'blanks' | 'quotes and blanks' | 'byte order mark';
}

/** A file that was saved with one begins so; nobody sees it, and `trim` takes it for a blank. */
const BYTE_ORDER_MARK = '\ufeff';

/** A value without the quotes and blanks around it; `undefined` where there are none. */
export function unwrap(text: string): Unwrapped | undefined {
  if (text.startsWith(BYTE_ORDER_MARK)) {
    return { value: text.slice(BYTE_ORDER_MARK.length).trim(), wrapping: 'byte order mark' };
  }
  const bare = text.trim();
  const quoted = /^(["'])([\s\S]*)\1$/.exec(bare)?.[2];
  const value = (quoted ?? bare).trim();
  const blanks = bare !== text || (quoted !== undefined && value !== quoted);
  if (quoted === undefined) return blanks ? { value, wrapping: 'blanks' } : undefined;
  return { value, wrapping: blanks ? 'quotes and blanks' : 'quotes' };
}

/** Why a class that is not ours is left alone. */
export function backendConflict(there: Json): Conflict {
  const unwrapped = typeof there === 'string' ? unwrap(there) : undefined;
  if (unwrapped?.value !== BACKEND_CLASS) return conflicts.otherBackend(there);
  return conflicts.valueWrapped(
    BACKEND,
    unwrapped.wrapping,
    'Airflow finds no class of that name and does not start',
  );
}

/** Why kwargs that are no JSON object are left alone. */
export function kwargsConflict(there: Json): Conflict {
  const text = typeof there === 'string' ? there : '';
  const unwrapped = unwrap(text);
  if (!unwrapped || !isJsonObject(parseExactly(unwrapped.value.replaceAll('\\"', '"')))) {
    return conflicts.kwargsUnreadable(text);
  }
  const effect = 'it is no JSON object, and Airflow silently ignores it';
  return conflicts.valueWrapped(BACKEND_KWARGS, unwrapped.wrapping, effect);
}

/** Why a principal that is not ours is left alone. */
export function principalConflict(name: string, there: string, wanted: string): Conflict {
  const unwrapped = unwrap(there);
  if (!unwrapped || !sameId(unwrapped.value, wanted)) return conflicts.otherPrincipal(name, there);
  return conflicts.valueWrapped(name, unwrapped.wrapping, 'Entra knows no such id');
}
