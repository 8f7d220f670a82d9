import { describe, expect, it } from 'vitest';
import * as wrong from './rows/misbehaviours.js';
import { MUTANTS } from './rows/mutants.js';
import { play } from './rows/rehearse.js';
import type { DeploymentMethod } from './rows/row.js';
import { rowOf } from './rows/rows.js';

/** What is not as expected in a row of that method. `npm run deploy:rehearse` plays all of them, and starts the app. */
async function problems(
  method: DeploymentMethod,
  misbehaviour: wrong.Misbehaviour,
): Promise<readonly string[]> {
  return (await play(rowOf(method, misbehaviour))).problems;
}

describe('a deployment by the text of azure.yaml and deploy.yml', () => {
  it.each([
    ['azd up', wrong.KILLED_BEFORE_SUBSCRIBING],
    ['workflow', wrong.MANGLED],
  ] as const)('%s, with $1.name', async (method, misbehaviour) => {
    expect(await problems(method, misbehaviour)).toEqual([]);
  });
});

describe('a row turns red where', () => {
  const some = MUTANTS.filter(({ name }) =>
    [
      'AIRLOCK_SUBSCRIBE is set before it is true',
      'the workflow uses an action that nobody knows here',
    ].includes(name),
  );

  it.each(some)('$name', async ({ row, edit, sees }) => {
    const { problems: found } = await play(row, { mutant: [edit] });

    expect(found).toContainEqual(expect.stringMatching(sees));
  });

  it('looks at both of them', () => expect(some).toHaveLength(2));
});
