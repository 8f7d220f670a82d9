import { STRATEGIES } from '../credentials/strategies.js';
import type { Credential } from '../domain/configuration/credential.js';
import type { Profile } from '../domain/configuration/profile.js';
import type { Approval, RotationSettings } from '../domain/configuration/rotationSettings.js';
import { pendingSecret } from '../domain/rotation/pending.js';
import { longestWindowSeconds, moveSeconds } from '../domain/rotation/timing.js';
import { KINDS } from '../runtimes/kinds.js';
import type { Agreed } from './agreed.js';
import { inSeconds } from './inSeconds.js';
import type { Finding } from './problems.js';
import { ROTATION_DEFAULTS } from './rotationSchema.js';
import type { CredentialFile } from './schema.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The file's words in the units that the app counts in. */
export function rotationSettings(file: CredentialFile['rotation']): RotationSettings {
  const { failureLimitPercent, approval, ...others } = file;
  const settings = inSeconds(others);
  return {
    ...(settings satisfies Agreed<
      typeof settings,
      Omit<RotationSettings, 'mints' | 'failureLimit' | 'approval'>
    >),
    mints: STRATEGIES.named(settings.strategy).mints,
    failureLimit: failureLimitPercent / 100,
    ...(approval ? { approval: approvalOf(approval) } : {}),
  };
}

function approvalOf(file: NonNullable<CredentialFile['rotation']['approval']>): Approval {
  const approval = inSeconds(file);
  return approval satisfies Agreed<typeof approval, Approval>;
}

/** Stands for the rotation of a credential that the configuration does not have. */
export const NO_ROTATION: RotationSettings = rotationSettings(ROTATION_DEFAULTS);

/** Rotations that could never end in time, and secrets that two credentials would write. */
export function rotationFindings(
  credentials: readonly Credential[],
  profiles: readonly Profile[],
): Finding[] {
  const findings: Finding[] = [];
  const secrets = new Map<string, string>();
  for (const credential of credentials) {
    const path = ['credentials', credential.name, 'rotation'];
    findings.push(...timeFindings(credential, profiles, path));
    findings.push(...modeFindings(credential, profiles));
    if (credential.rotation.pilot !== undefined && !KINDS.parse(credential.rotation.pilot)) {
      findings.push({
        path: [...path, 'pilot'],
        message: `It is not ${KINDS.id}.`,
        remedy:
          'Copy the resource id from the portal, or leave pilot out: the first runtime by id goes first then.',
      });
    }
    for (const secret of [credential.secret, pendingSecret(credential)]) {
      if (secret.vault === '') continue;
      const key = `${secret.vault}/${secret.name}`.toLowerCase();
      const other = secrets.get(key);
      if (other !== undefined) {
        findings.push({
          path: ['credentials', credential.name, 'secret', 'name'],
          message: `The secret ${secret.name} belongs to the credential ${other} already.`,
          remedy: 'Give each credential a secret of its own; the app also writes <name>-pending beside it.',
        });
      }
      secrets.set(key, credential.name);
    }
  }
  return findings;
}

/** A rotation moves every runtime that has the credential, or none. */
function modeFindings({ name }: Credential, profiles: readonly Profile[]): Finding[] {
  const using = profiles.filter((profile) => profile.credential.name === name);
  const enabling = using.find(({ mode }) => mode === 'enable');
  if (!enabling) return [];
  return using
    .filter(({ mode }) => mode === 'observe')
    .map((profile) => ({
      path: ['profiles', profiles.indexOf(profile), 'mode'],
      message: `${profile.name} only observes, and shares the credential ${name} with ${enabling.name}: a rotation moves every runtime that has it, or none.`,
      remedy: 'Give the observed profile a credential of its own, or give both the same mode.',
    }));
}

function timeFindings(
  { name, rotation }: Credential,
  profiles: readonly Profile[],
  path: readonly string[],
): Finding[] {
  const findings: Finding[] = [];
  const { rotateBeforeSeconds, validitySeconds, overlapSeconds, approval, mints } = rotation;
  if (mints && validitySeconds <= rotateBeforeSeconds + overlapSeconds) {
    findings.push({
      path: [...path, 'validityDays'],
      message: `A credential of ${validitySeconds / DAY} days would be due again before its overlap has ended.`,
      remedy: 'Make validityDays greater than rotateBeforeDays and overlapHours together.',
    });
  }
  const using = profiles.filter((profile) => profile.credential.name === name);
  const needed =
    (approval?.deadlineSeconds ?? 0) + moveSeconds(using) + longestWindowSeconds(using) + overlapSeconds;
  if (rotateBeforeSeconds < needed) {
    findings.push({
      path: [...path, 'rotateBeforeDays'],
      message: `Rotating can take ${Math.ceil(needed / HOUR)} h (approval, windows, moving the runtimes, overlap), longer than rotateBeforeDays.`,
      remedy: `Make rotateBeforeDays at least ${Math.ceil(needed / DAY)}, or shorten the approval's deadline, the gaps between windows, the limits or the overlap.`,
    });
  }
  return findings;
}
