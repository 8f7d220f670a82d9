import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { isObserved } from '../../domain/configuration/profile.js';
import { credentialsOf, judgeSecretEvent } from '../../domain/events/secretEvents.js';
import { credentialRecordKey } from '../../domain/rotation/credentialState.js';
import type { RotationInput } from '../../domain/runs/inputs.js';
import { credentialRunId } from '../../domain/runs/instanceIds.js';
import { ORCHESTRATIONS } from '../../domain/runs/runs.js';
import { startOnce } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';

/**
 * One event about a vault's secret. What is about no credential of the configuration ends here; whether anything is due
 * is read in the vault and in the directory by the run.
 */
export async function credentialEvents(
  event: unknown,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<void> {
  const judged = judgeSecretEvent(event);
  if (judged.kind === 'irrelevant') {
    if (judged.malformed) context.warn(`event ignored, malformed: ${judged.reason}`);
    else context.log(`event ignored: ${judged.reason}`);
    return;
  }
  const configuration = await deps.configuration();
  const { credentials } = configuration;
  const ours = credentialsOf(credentials, judged);
  if (ours.length === 0) context.log('event ignored: no credential is kept in that secret');
  for (const credential of ours) {
    if (isObserved(configuration, credential)) {
      context.log(`event ignored: the profiles of the credential ${credential.name} only observe`);
      continue;
    }
    const recordKey = credentialRecordKey(credential);
    const { eventId, eventType, eventTime } = judged;
    const input: RotationInput = {
      action: 'rotate',
      credential: credential.name,
      recordKey,
      startedBy: { kind: 'event', eventId, eventType, eventTime },
      createdAt: deps.now().toISOString(),
    };
    const runId = credentialRunId(recordKey, eventId);
    const known = await startOnce(df.getClient(context), ORCHESTRATIONS.rotateCredential, runId, input);
    context.log(
      known
        ? `event known: run ${runId} of the credential ${credential.name} was started before`
        : `event taken: run ${runId} of the credential ${credential.name} started`,
    );
  }
}
