import { expect, it } from 'vitest';
import { importErrorBehind } from '../../../../src/domain/proof/checkProblems.js';

const errorOf = (file: string) => ({ file, lastLine: `ModuleNotFoundError in ${file}` });

it.each([
  { errors: [], behind: undefined },
  { errors: ['tutorial.py', 'airlock_check.py'], behind: 'airlock_check.py' },
  // A file may hold DAGs of other names.
  { errors: ['checks.py', 'tutorial.py'], behind: 'checks.py' },
])('of import errors in $errors takes that in $behind', ({ errors, behind }) => {
  expect(importErrorBehind('airlock_check', errors.map(errorOf))?.file).toBe(behind);
});
