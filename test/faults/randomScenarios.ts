/** Random scenarios: schedules of faults and disturbances, on one of the test cloud's variants. */
import fc from 'fast-check';
import type { VariantName } from './config.js';
import type { Disturbance } from './disturbances.js';
import type { FaultScenario } from './faultScenario.js';
import { callFault, conflict } from './randomCallFaults.js';
import { approval, denial, disturbance, outage } from './randomDisturbances.js';
import { comesTwice, unkept } from './randomDuplicates.js';
import { durableFault, terminated, workerGone } from './randomHostFaults.js';

/** A scenario on a test cloud of this variant. */
export interface RandomScenario extends FaultScenario {
  readonly variant: VariantName;
}

const variant = fc.oneof(
  { weight: 6, arbitrary: fc.constant<VariantName>('graph') },
  { weight: 2, arbitrary: fc.constant<VariantName>('approval') },
  { weight: 2, arbitrary: fc.constant<VariantName>('external') },
);

const faults = fc.oneof(
  { weight: 3, arbitrary: callFault },
  { weight: 1, arbitrary: conflict },
  { weight: 1, arbitrary: durableFault },
  { weight: 1, arbitrary: workerGone },
  { weight: 1, arbitrary: terminated },
);

export const randomScenarios: fc.Arbitrary<RandomScenario> = fc
  .record({
    variant,
    faults: fc.array(faults, { maxLength: 5 }),
    // In every scenario: on the real host nobody switches it on.
    twice: fc.array(fc.oneof({ weight: 5, arbitrary: comesTwice }, { weight: 1, arbitrary: unkept }), {
      minLength: 1,
      maxLength: 3,
    }),
    disturbances: fc.array(disturbance, { maxLength: 6 }),
    outages: fc.array(outage, { maxLength: 1 }),
    // Now and then: most that could be seen afterwards is seen where writes go through.
    denials: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(denial, { maxLength: 1 }) },
    ),
    approvals: fc.array(approval, { maxLength: 1 }),
    name: fc.uuid(),
  })
  .map(
    ({ variant: on, faults: struck, twice: doubled, disturbances, outages, denials, approvals, name }) => ({
      variant: on,
      faults: [...struck, ...doubled],
      disturbances: [
        ...disturbances.map((one) => ({ ...one, what: ofScenario(one.what, name) })),
        ...outages.flat(),
        ...denials.flat(),
        ...(on === 'approval' ? approvals : []),
      ],
    }),
  );

/** An event of one scenario is not one of another, and one about this is not one about that. */
function ofScenario(what: Disturbance['what'], scenario: string): Disturbance['what'] {
  if (!('id' in what)) return what;
  const about = what.kind === 'runtimeEvent' ? what.runtime : what.type;
  return { ...what, id: `${scenario}-${about}-${what.id}` };
}
