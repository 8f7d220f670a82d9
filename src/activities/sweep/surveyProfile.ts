import type { CallFailure } from '../../domain/callResult.js';
import { planRuntime } from '../../domain/planning.js';
import type { Profile } from '../../domain/profile.js';
import { type CredentialRecord, credentialRecordKey } from '../../domain/rotation/credentialRecord.js';
import { interpretRuntime } from '../../domain/runtimeBody.js';
import type { RuntimeId } from '../../domain/runtimeId.js';
import { isResting, runtimeRecordKey } from '../../domain/runtimeRecord.js';
import type { Steps } from '../../domain/steps.js';
import { type Finding, judgeRuntime, MENDED } from '../../domain/sweep.js';
import type { ListedRuntime } from '../../runtimes/port.js';
import type { Azure } from '../azure.js';
import type { ActivityDeps, DurableState } from '../deps.js';
import { type HeldCredential, holdWanted, profileNamed } from '../held.js';
import { runtimesOf } from '../profileRuntimes.js';
import { compareSecret } from '../secretComparison.js';

type Step = Steps['surveyProfile'];

/** Judges every runtime of a profile from the factories' lists. Writes nothing. */
export async function surveyProfile(
  input: Step['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Step['output']> {
  const configuration = await deps.configuration();
  const profile = profileNamed(configuration, input.profile);
  if ('kind' in profile) return profile;
  const azure = await deps.azure();
  const record = await durable.credentialRecord(credentialRecordKey(profile.credential));
  const credentials = heldOnce(azure, profile, record, input.now);

  const findings: Partial<Record<Finding, number>> = {};
  const needy: { runtime: RuntimeId; finding: Finding }[] = [];
  const listed = await runtimesOf(azure, profile);
  if (listed.kind !== 'listed') return listed;
  for (const [, runtime] of listed.runtimes) {
    const finding = await judge(runtime, profile, credentials, durable, input.now);
    if (typeof finding !== 'string') return finding;
    findings[finding] = (findings[finding] ?? 0) + 1;
    if (MENDED.has(finding) && needy.length < input.limit) needy.push({ runtime: runtime.id, finding });
  }
  return { kind: 'surveyed', findings, needy };
}

async function judge(
  { id, body }: ListedRuntime,
  profile: Profile,
  credentials: (marker: string | undefined) => Promise<HeldCredential | CallFailure>,
  durable: DurableState,
  now: number,
): Promise<Finding | CallFailure> {
  const view = interpretRuntime(body);
  if (view.kind !== 'airflow') return 'broken';
  const held = await credentials(view.marker);
  if (held.kind !== 'held') return held;
  const plan = planRuntime({
    profile,
    credential: held.version,
    body,
    secretComparison: compareSecret(view.clientSecret, held.value),
  });
  const remembered = await durable.runtimeRecord(runtimeRecordKey(id));
  const inWork = remembered?.work !== undefined && remembered.work.until > now;
  return judgeRuntime(plan, view.phase, {
    inWork,
    resting: isResting(remembered, now),
    ...(remembered?.proof ? { proof: remembered.proof } : {}),
  });
}

/** Reads the credential once for each marker, however many runtimes have it. */
function heldOnce(azure: Azure, { credential }: Profile, record: CredentialRecord | undefined, now: number) {
  const held = new Map<string, Promise<HeldCredential | CallFailure>>();
  return (marker: string | undefined): Promise<HeldCredential | CallFailure> => {
    // Without a rotation the marker makes no difference to which version is wanted.
    const key = record?.rotation ? (marker ?? '') : '';
    const known = held.get(key) ?? holdWanted(azure, credential, record, marker, now);
    held.set(key, known);
    return known;
  };
}
