/** How a service hides a value instead of giving it: one notion for every place that can hold one. */
import { isJsonObject, type Json, type JsonObject } from '../values/json.js';

/** Three are what Airflow itself puts in place of a secret; fewer stand in schedules and patterns. */
const MASK = /[*•●]{3}/;
const NOTHING_BUT_MASK = /^[*•●]+$/;

/**
 * Whether a service put a mask in place of a value: null, a text that is one or has one in it, or Azure's object of a secure
 * string (`{"type":"SecureString"}`) whose value is hidden or left out.
 */
export function isMask(value: Json | undefined): boolean {
  if (value === null) return true;
  return isJsonObject(value) ? isHiddenObject(value) : isMaskText(value);
}

/** Whether a service hid a value, or a part of it: a mask, or a list or an object with one in it. */
export function isMasked(value: Json | undefined): boolean {
  return isMask(value) || (typeof value === 'object' && value !== null && hiddenPlaces(value).length > 0);
}

/** More of them say nothing more. */
const MOST_PLACES = 10;

/** The way from a value to one that it holds, last name first; absent: the value itself. */
type Way = { readonly name: string; readonly from: Way } | undefined;

/**
 * Where in a value something is hidden, each place by the names that lead there. A null in it is no mask: it is what most
 * settings have that nobody has set; nor is one asterisk, which stands for all of something.
 */
export function hiddenPlaces(value: Json): readonly (readonly string[])[] {
  const found: Way[] = [];
  // No recursion: how deep a body goes is its writer's choice.
  const open: { readonly way: Way; readonly value: Json }[] = [{ way: undefined, value }];
  for (let one = open.pop(); one !== undefined && found.length < MOST_PLACES; one = open.pop()) {
    const { way, value: inner } = one;
    if (typeof inner === 'string' ? MASK.test(inner) : isJsonObject(inner) && isHiddenObject(inner)) {
      found.push(way);
    } else if (Array.isArray(inner) || isJsonObject(inner)) {
      const members = Object.entries<Json>(inner).map(([name, member]) => ({
        way: { name, from: way },
        value: member,
      }));
      for (const member of members.reverse()) open.push(member);
    }
  }
  return found.map(namesOf);
}

function namesOf(way: Way): string[] {
  const names: string[] = [];
  for (let step = way; step !== undefined; step = step.from) names.push(step.name);
  return names.reverse();
}

function isHiddenObject({ type, value }: JsonObject): boolean {
  const isSecure = typeof type === 'string' && type.toLowerCase() === 'securestring';
  return isSecure && (value === undefined || value === null || value === '' || isMaskText(value));
}

function isMaskText(value: Json | undefined): boolean {
  return typeof value === 'string' && (NOTHING_BUT_MASK.test(value) || MASK.test(value));
}

/** Names whose value is a secret, after what Airflow itself masks (`sensitive_var_conn_names`), and its own options. */
const SECRET_NAME =
  /(?:^|_)(?:SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|AUTHORIZATION|(?:API|ACCESS|ACCOUNT|PRIVATE|FERNET|SECRET)_?KEY|CONNECTION_?STRING|SQL_ALCHEMY_CONN)$|^AIRFLOW_CONN_/i;

/**
 * Whether a service hid the value of a variable: masked, or empty where the name says that it is a secret (an empty
 * value of any other variable is taken for its value).
 */
export function isHiddenVariable(name: string, value: Json | undefined): boolean {
  return isMasked(value) || (value === '' && SECRET_NAME.test(name));
}

/** A text that a service shows; `undefined` where it shows none, an empty one or a mask. */
export function shownText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' && !isMasked(value) ? value : undefined;
}
