/** All rules on the parameters alone. */
import { brokenConstraints } from './constraints.mjs';
import { checkLists } from './lists.mjs';
import { checkNames } from './names.mjs';
import { checkOptions } from './options.mjs';

/**
 * Faults of compiled parameters; see `compileParameters`.
 *
 * @param {import('../bicep.mjs').Compiled} compiled
 */
export function checkParameters({ values, declared, definitions }) {
  return [
    ...brokenConstraints({ ...values }, declared, definitions),
    ...checkNames(values),
    ...checkLists(values),
    ...checkOptions(values),
  ];
}
