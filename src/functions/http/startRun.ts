import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { type Configuration, isObserved } from '../../domain/configuration/profile.js';
import { matchProfiles } from '../../domain/configuration/profileMatching.js';
import { credentialRecordKey } from '../../domain/rotation/credentialState.js';
import { type Caller, callerId } from '../../domain/runs/caller.js';
import type {
  PreflightInput,
  ProfileRunInput,
  RotationInput,
  RunAction,
  RunOrigin,
  RuntimeRunInput,
  StartedBy,
  SweepInput,
} from '../../domain/runs/inputs.js';
import { freshRunId, requestRunIds } from '../../domain/runs/instanceIds.js';
import { ORCHESTRATIONS } from '../../domain/runs/runs.js';
import { sha256Hex } from '../../domain/values/digest.js';
import { canonicalJson, type Json } from '../../domain/values/json.js';
import { displayRuntime } from '../../domain/values/runtimeId.js';
import { start, statusOf } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';
import { readBody } from './body.js';
import { invalid } from './invalid.js';
import { type FieldError, json } from './problem.js';
import { inputOf, statusWord } from './runView.js';
import type { StartRequest } from './schemas.js';

const RETRY_AFTER_SECONDS = '10';

/** `POST /api/runs`: starts an enablement, an access check, a rotation, a sweep, a preflight, or a dry run. */
export async function startRun(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  caller: Caller,
): Promise<HttpResponseInit> {
  const { startRequest, idempotencyKey } = await import('./schemas.js');
  const read = await readBody(request, startRequest);
  if (read.kind === 'refused') return read.response;
  const { body } = read;

  const key = request.headers.get('idempotency-key');
  if (key !== null && !idempotencyKey.safeParse(key).success) {
    return invalid([
      { pointer: 'Idempotency-Key', detail: 'It must have 1 to 255 printable ASCII characters.' },
    ]);
  }
  const bodyDigest = sha256Hex(canonicalJson(body as unknown as Json));
  const startedBy: StartedBy = {
    kind: 'request',
    ...caller,
    ...(key === null ? {} : { bodyDigest }),
  };
  const client = df.getClient(context);
  const [runId, ...before] =
    key === null
      ? [freshRunId(deps.randomHex(16))]
      : requestRunIds(
          callerId(caller),
          key,
          deps.now().getTime(),
          (await deps.configuration()).retentionDays,
        );
  // Before the target is looked up: it may be gone since the key came first.
  for (const id of key === null ? [] : [runId, ...before]) {
    const earlier = await statusOf(client, id);
    if (earlier) return replayed(earlier, bodyDigest);
  }

  const target = await targetOf(body, deps);
  if ('errors' in target) return invalid(target.errors);

  const { action } = target.input;
  const input = { startedBy, createdAt: deps.now().toISOString(), ...target.input };
  const known = await start(client, target.orchestration, runId, input);
  if (known && key !== null) return replayed(known, bodyDigest);
  context.log(`run ${runId} started by request: ${action}`);
  return started(runId, 'queued');
}

/** Answers a request whose key came before: with its run, whatever has become of that, or 422. */
function replayed(known: df.DurableOrchestrationStatus, bodyDigest: string): HttpResponseInit {
  const { startedBy } = inputOf(known);
  if (startedBy.kind === 'request' && startedBy.bodyDigest === bodyDigest) {
    return started(known.instanceId, statusWord(known), { 'idempotent-replay': 'true' });
  }
  const detail = 'This key came before with another body. Use a new key for a new request.';
  return invalid([{ pointer: 'Idempotency-Key', detail }]);
}

type Target =
  | {
      readonly orchestration: string;
      readonly input:
        | Omit<RuntimeRunInput, keyof RunOrigin>
        | Omit<ProfileRunInput, keyof RunOrigin>
        | Omit<RotationInput, keyof RunOrigin>
        | Omit<SweepInput, keyof RunOrigin>
        | Omit<PreflightInput, keyof RunOrigin>;
    }
  | { readonly errors: readonly FieldError[] };

async function targetOf(body: StartRequest, deps: FunctionDeps): Promise<Target> {
  const configuration = await deps.configuration();
  const { profiles } = configuration;
  if (body.action === 'rotate') return rotationOf(body, configuration);
  if (body.action === 'sweep') {
    const input = { action: body.action, ...(body.dryRun ? { dryRun: true } : {}) };
    return { orchestration: ORCHESTRATIONS.sweep, input };
  }
  if (body.action === 'preflight') {
    return { orchestration: ORCHESTRATIONS.preflight, input: { action: body.action } };
  }
  const action: RunAction = body.dryRun ? 'plan' : body.action;
  if (body.profile !== undefined) {
    const { profile } = body;
    const named = profiles.find(({ name }) => name === profile);
    if (!named) return unknownName('profile', profiles);
    if (named.mode === 'observe' && action !== 'plan')
      return observed('/profile', `The profile ${profile} only observes`);
    return { orchestration: ORCHESTRATIONS.profileRun, input: { action, profile } };
  }
  const runtime = deps.kinds.parse(body.runtime ?? '');
  if (!runtime) {
    const { id, idShape } = deps.kinds;
    return { errors: [{ pointer: '/runtime', detail: `It is not ${id}: ${idShape}.` }] };
  }
  const match = matchProfiles(profiles, runtime);
  if (match.kind === 'one' && match.profile.mode === 'observe' && action !== 'plan') {
    return observed(
      '/runtime',
      `The profile ${match.profile.name} of ${displayRuntime(runtime)} only observes`,
    );
  }
  if (match.kind === 'none') {
    const detail = `No profile matches ${displayRuntime(runtime)}. Add its names to the runtimes of a profile.`;
    return { errors: [{ pointer: '/runtime', detail }] };
  }
  return { orchestration: ORCHESTRATIONS.runtimeRun, input: { action, runtime } };
}

function rotationOf({ credential: name, dryRun, force }: StartRequest, configuration: Configuration): Target {
  const { credentials } = configuration;
  const credential = credentials.find((candidate) => candidate.name === name);
  if (!credential) return unknownName('credential', credentials);
  if (isObserved(configuration, credential) && !dryRun) {
    return observed('/credential', `The profiles of the credential ${name} only observe`);
  }
  return {
    orchestration: ORCHESTRATIONS.rotateCredential,
    input: {
      action: 'rotate',
      credential: credential.name,
      recordKey: credentialRecordKey(credential),
      ...(dryRun ? { dryRun } : {}),
      ...(force ? { force } : {}),
    },
  };
}

function observed(pointer: string, why: string): Target {
  const detail = `${why}: nothing is written there. Ask for a dry run, or set mode: enable.`;
  return { errors: [{ pointer, detail }] };
}

function unknownName(kind: 'profile' | 'credential', known: readonly { readonly name: string }[]): Target {
  const names = known.map(({ name }) => name).join(', ');
  return { errors: [{ pointer: `/${kind}`, detail: `There is no such ${kind}. There are: ${names}.` }] };
}

function started(id: string, status: string, headers: Record<string, string> = {}): HttpResponseInit {
  const statusUrl = `/api/runs/${id}`;
  return json(
    202,
    { id, status, statusUrl },
    { location: statusUrl, 'retry-after': RETRY_AFTER_SECONDS, ...headers },
  );
}
