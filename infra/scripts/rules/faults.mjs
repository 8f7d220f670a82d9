/** What the rules give: faults, of which one is enough to refuse a deployment, and notes, which change nothing. */

/** @typedef {ReturnType<typeof faultOf>} Fault */

/**
 * A fault: which file, which name in it, what is wrong, what to do next.
 *
 * @param {string} file
 * @param {string} name the parameter with its place in it: operatorVaults[0].minted
 * @param {string | undefined} text
 * @param {string} remedy
 */
export const faultOf = (file, name, text, remedy) => ({ file, name, text, remedy });

export const PARAMETERS = 'infra/main.bicepparam';
const CONFIGURATION = 'airlock.yaml';

/**
 * A fault of infra/main.bicepparam.
 *
 * @param {string} name
 * @param {string} text
 * @param {string} remedy
 */
export const inParameters = (name, text, remedy) => faultOf(PARAMETERS, name, text, remedy);

/**
 * A fault of the configuration.
 *
 * @param {string} name
 * @param {string} text
 * @param {string} remedy
 */
export const inConfiguration = (name, text, remedy) => faultOf(CONFIGURATION, name, text, remedy);

/**
 * Azure compares names without regard to case.
 *
 * @param {string} left
 * @param {string} right
 */
export const isSame = (left, right) => left.toLowerCase() === right.toLowerCase();

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whether a text is the id of something: a GUID, and not one of the examples, which have the same digit throughout.
 *
 * @param {string} text
 */
export const isId = (text) => GUID.test(text) && new Set(text.replaceAll('-', '')).size > 1;
