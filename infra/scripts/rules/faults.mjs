/** What the rules give: faults, of which one is enough to refuse a deployment, and notes, which change nothing. */

/**
 * A fault: which file, which name in it, what is wrong, what to do next.
 *
 * @param name the parameter with its place in it: operatorVaults[0].minted
 */
export const faultOf = (file, name, text, remedy) => ({ file, name, text, remedy });

export const PARAMETERS = 'infra/main.bicepparam';
const CONFIGURATION = 'airlock.yaml';

/** A fault of infra/main.bicepparam. */
export const inParameters = (name, text, remedy) => faultOf(PARAMETERS, name, text, remedy);

/** A fault of the configuration. */
export const inConfiguration = (name, text, remedy) => faultOf(CONFIGURATION, name, text, remedy);

/** Azure compares names without regard to case. */
export const isSame = (left, right) => left.toLowerCase() === right.toLowerCase();

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is the id of something: a GUID, and not one of the examples, which have the same digit throughout. */
export const isId = (text) => GUID.test(text) && new Set(text.replaceAll('-', '')).size > 1;
