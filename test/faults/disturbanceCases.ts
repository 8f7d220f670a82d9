/** What people, the directory, the services and the host may do to a rotation, each as a case. */
import { conflictCases, deniedCases, topicCases } from './conflicts.js';
import { calendarCases, externalCases, stragglerCases } from './courseCases.js';
import type { FaultCase } from './faultCases.js';
import { MOVING_PILOT } from './moments.js';
import { otherHubCases, personCases, terminatedCases, windowCases } from './peopleCases.js';
import { directoryCases, oddCases, outageCases, processCases } from './serviceCases.js';

/** All of them. */
export function disturbanceCases(): FaultCase[] {
  return [
    ...processCases(),
    ...directoryCases(),
    ...personCases(),
    ...windowCases(),
    ...oddCases(),
    ...otherHubCases(),
    ...outageCases(),
    ...terminatedCases(),
    ...externalCases(),
    ...stragglerCases(),
    ...calendarCases(),
    ...conflictCases(),
    ...deniedCases({ 'from the start': 1, 'as the pilot restarts': MOVING_PILOT }),
    ...topicCases(),
  ];
}
