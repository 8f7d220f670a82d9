/**
 * What of a runtime's settings may be shown. People paste values into the wrong field: so a value is shown only where
 * it has the form that its setting wants, and everything else is `(redacted)`.
 */

import type { PlannedSetting } from '../runs/plan.js';
import { isJsonObject, type Json, parseJson } from '../values/json.js';
import { BACKEND, BACKEND_KWARGS, CLIENT_ID, MARKER_VARIABLE, TENANT_ID } from './backendSettings.js';

const REDACTED = '(redacted)';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DOMAIN_NAME = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}$/i;
const CLASS_PATH = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;
const CREDENTIAL_ID = /^[0-9A-Za-z-]{1,64}$/;
/** A name with extras and version comparisons (PEP 508): no direct reference, which may carry a token. */
const REQUIREMENT = /^[\w.-]+\s*(?:\[[\w\s,.-]*\]\s*)?(?:\(?[<>=!~][<>=!~\w\s,.*+-]*\)?)?$/;
const SHOWN_KWARGS = ['connections_prefix', 'variables_prefix', 'config_prefix', 'sep', 'vault_url'];
/** What the plan says instead of a value, for settings that it takes away. */
const REMOVED = '(removed)';

/** A line of a plan without what must not be shown. */
export function redactSetting(setting: PlannedSetting): PlannedSetting {
  return {
    ...setting,
    ...(setting.before === undefined ? {} : { before: shownValue(setting.setting, setting.before) }),
    ...(setting.after === undefined ? {} : { after: shownValue(setting.setting, setting.after) }),
  };
}

/** The value of a setting, as far as it may be shown. `setting` is a variable's name, or `requirement`. */
export function shownValue(setting: string, value: string): string {
  if (value === REMOVED) return value;
  switch (setting) {
    case 'requirement':
      return shownRequirement(value);
    case BACKEND:
      return CLASS_PATH.test(value) ? value : REDACTED;
    case BACKEND_KWARGS:
      return shownKwargs(value);
    case CLIENT_ID:
      return GUID.test(value) ? value : REDACTED;
    case TENANT_ID:
      return GUID.test(value) || DOMAIN_NAME.test(value) ? value : REDACTED;
    case MARKER_VARIABLE:
      return CREDENTIAL_ID.test(value) ? value : REDACTED;
    default:
      return REDACTED;
  }
}

function shownRequirement(requirement: string): string {
  const [bare = '', ...marker] = requirement.split(';');
  if (!REQUIREMENT.test(bare.trim())) return `${/^[\w.-]+/.exec(requirement)?.[0] ?? ''} ${REDACTED}`.trim();
  return marker.length === 0 ? bare.trim() : `${bare.trim()}; ${REDACTED}`;
}

/** kwargs may hold anything of the user's beside ours. */
function shownKwargs(text: string): string {
  const kwargs = parseJson(text);
  if (!isJsonObject(kwargs)) return REDACTED;
  const members = Object.entries(kwargs).map(([key, value]): [string, Json] => [
    key,
    SHOWN_KWARGS.includes(key) && showable(key, value) ? value : REDACTED,
  ]);
  return JSON.stringify(Object.fromEntries(members));
}

function showable(key: string, value: Json): boolean {
  if (value === null || value === REDACTED) return true;
  if (typeof value !== 'string') return false;
  if (key !== 'vault_url') return /^[\w.-]{0,80}$/.test(value);
  if (value === '') return true;
  if (!URL.canParse(value)) return false;
  const { username, password, pathname, search, hash } = new URL(value);
  return username === '' && password === '' && pathname === '/' && search === '' && hash === '';
}
