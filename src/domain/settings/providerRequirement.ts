/** The requirement that brings the back end: what a runtime has of it, what is added, and what it cannot work with. */

import type { Profile } from '../configuration/profile.js';
import { excludesFrom, isUnpinned, pinnedRelease, releaseOf } from '../requirements/pins.js';
import { chooseRelease, FIRST_WITH_CLASS } from '../requirements/providerReleases.js';
import { findRequirement } from '../requirements/requirements.js';
import type { Conflict, PlannedSetting } from '../runs/plan.js';
import { compareVersions } from '../values/version.js';
import { PROVIDER_PACKAGE } from './backendSettings.js';
import * as conflicts from './conflicts.js';
import type { Snapshot } from './snapshot.js';

/** The first Airflow on which the check DAG can be imported: `schedule` is an argument of DAGs from there on. */
const FIRST_WITH_CHECK_DAG = '2.4';

export interface RequirementDraft {
  /** Absent where nothing can be said of it: a conflict says why. */
  readonly setting?: PlannedSetting;
  /** What a write adds; absent where the runtime has one. */
  readonly added?: string;
  /** The provider's release, where one is pinned. */
  readonly release?: string;
  readonly conflicts: readonly Conflict[];
}

/** Compares the requirements of a runtime with what the back end and the proof need there. */
export function draftRequirement(snapshot: Snapshot, profile: Profile): RequirementDraft {
  const { airflowVersion: version, pythonVersion, settings } = snapshot;
  const where = snapshot.words.settings.requirements;
  const old = tooOld(version, profile);
  const there = findRequirement(settings.requirements, PROVIDER_PACKAGE);
  if (there !== undefined) return keep(there, where, old);

  const chosen =
    profile.requirement === undefined
      ? chooseRelease(version, pythonVersion)
      : { requirement: profile.requirement, why: whyNamed(profile.requirement) };
  if (!chosen) {
    return { conflicts: old.length > 0 ? old : [conflicts.noProviderRelease(version)] };
  }
  const added = 'release' in chosen ? `${PROVIDER_PACKAGE}==${chosen.release}` : chosen.requirement;
  const setting = {
    setting: 'requirement',
    where,
    kind: 'add',
    after: added,
    why: `the back end is part of this provider; ${chosen.why}`,
  } as const;
  return { setting, added, ...releaseIn(added), conflicts: old };
}

const WITHOUT_VERSION =
  'without a version: pip takes the newest one for its Python, which may bring another Airflow';

function whyNamed(requirement: string): string {
  return isUnpinned(requirement) ? `the profile names it, ${WITHOUT_VERSION}` : 'the profile names it';
}

function keep(there: string, where: string, old: readonly Conflict[]): RequirementDraft {
  const why = isUnpinned(there)
    ? `the provider is there, ${WITHOUT_VERSION}`
    : 'the provider is there; its pin stays';
  const setting = { setting: 'requirement', where, kind: 'keep', before: there, why } as const;
  const lacking = excludesFrom(there, FIRST_WITH_CLASS) ? [conflicts.providerTooOld(there)] : [];
  return { setting, ...releaseIn(there), conflicts: [...old, ...lacking] };
}

/** A canary is read by the check DAG alone; a DAG of the user's own may run on anything. */
function tooOld(airflowVersion: string | undefined, { access }: Profile): readonly Conflict[] {
  const release = releaseOf(airflowVersion);
  const old = release !== undefined && compareVersions(release, FIRST_WITH_CHECK_DAG) < 0;
  return old && access.proof.canary !== undefined ? [conflicts.airflowTooOld(release)] : [];
}

function releaseIn(requirement: string): { readonly release?: string } {
  const release = pinnedRelease(requirement);
  return release === undefined ? {} : { release };
}
