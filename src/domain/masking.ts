/** How a service hides a value instead of giving it: one notion for every place that can hold one. */
import { isJsonObject, type Json, type JsonObject } from './json.js';

/** Three are what Airflow itself puts in place of a secret; fewer stand in schedules and patterns. */
const MASK = /[*•●]{3}/;
const NOTHING_BUT_MASK = /^[*•●]+$/;

/**
 * Whether a service hid a value: null, a text that is a mask or has one in it, or Data Factory's object of a secure string
 * (https://learn.microsoft.com/rest/api/datafactory/integration-runtimes/get#securestring) whose value is hidden or left out.
 */
export function isMasked(value: Json | undefined): boolean {
  if (value === null) return true;
  if (typeof value === 'string') return NOTHING_BUT_MASK.test(value) || MASK.test(value);
  return isJsonObject(value) && isHiddenObject(value);
}

function isHiddenObject({ type, value }: JsonObject): boolean {
  const isSecure = typeof type === 'string' && type.toLowerCase() === 'securestring';
  return isSecure && (value === undefined || value === '' || isMasked(value));
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
