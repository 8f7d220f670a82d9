import { formatRuntimeId } from '../values/runtimeId.js';
import type { Finding } from './findings.js';
import type { FollowUp, SurveyedRuntime, SweptRuntime } from './sweep.js';

/** What follows on a finding where this sweep starts nothing. */
const FOLLOW_UPS: Readonly<Record<Finding, FollowUp>> = {
  fine: 'nextSweep',
  proofDue: 'nextSweep',
  drifted: 'nextSweep',
  unproven: 'nextSweep',
  existing: 'person',
  conflict: 'person',
  broken: 'person',
  changing: 'nextSweep',
  inWork: 'run',
  resting: 'pause',
};

/** Where nothing is started for the profile, only a person changes anything; a run that is at work goes on. */
export function followUpOf(finding: Finding, observed: boolean, takesTurns: boolean): FollowUp {
  if (finding === 'existing') return takesTurns && !observed ? 'nextSweep' : 'person';
  return observed && finding !== 'inWork' ? 'person' : FOLLOW_UPS[finding];
}

/** A runtime as the sweep's result names it. */
export function swept({ runtime, ...judged }: SurveyedRuntime, follows: FollowUp): SweptRuntime {
  return { runtime: formatRuntimeId(runtime), ...judged, follows };
}
