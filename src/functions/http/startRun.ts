import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { sha256Hex } from '../../domain/digest.js';
import { freshRunId, requestRunId } from '../../domain/instanceIds.js';
import { canonicalJson, type Json } from '../../domain/json.js';
import { matchProfiles } from '../../domain/profileMatching.js';
import {
  ORCHESTRATIONS,
  type ProfileRunInput,
  type RunAction,
  type RuntimeRunInput,
  type StartedBy,
} from '../../domain/runs.js';
import { displayRuntime, parseRuntimeId } from '../../domain/runtimeId.js';
import type { FunctionDeps } from '../deps.js';
import { start, statusOf } from '../durable.js';
import { readJson } from './body.js';
import { bodyErrors, invalid } from './invalid.js';
import { type FieldError, json } from './problem.js';
import { inputOf, statusWord } from './runView.js';

const RETRY_AFTER_SECONDS = '10';

/** `POST /api/runs`: starts an enablement, a dry run or an access check. */
export async function startRun(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  principal: string,
): Promise<HttpResponseInit> {
  const read = await readJson(request);
  if (read.kind === 'refused') return read.response;
  const { startRequest } = await import('./schemas.js');
  const parsed = startRequest.safeParse(read.value);
  if (!parsed.success) return invalid(bodyErrors(parsed.error.issues));
  const body = parsed.data;

  const key = request.headers.get('idempotency-key');
  if (key !== null && !/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) {
    return invalid([
      { pointer: 'Idempotency-Key', detail: 'It must have 1 to 255 printable ASCII characters.' },
    ]);
  }
  const bodyDigest = sha256Hex(canonicalJson(body as unknown as Json));
  const startedBy: StartedBy = {
    kind: 'request',
    principal,
    ...(key === null ? {} : { bodyDigest }),
  };
  const client = df.getClient(context);
  const runId = key === null ? freshRunId(deps.randomHex(16)) : requestRunId(principal, key);
  // Before the target is looked up: the configuration may have changed since the key came first.
  const earlier = key === null ? undefined : await statusOf(client, runId);
  if (earlier) return replayed(earlier, bodyDigest);

  const action: RunAction = body.dryRun ? 'plan' : body.action;
  const target = await targetOf(body, deps);
  if ('errors' in target) return invalid(target.errors);

  const input = { action, startedBy, ...target.input };
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
      readonly input: Omit<RuntimeRunInput | ProfileRunInput, 'action' | 'startedBy'>;
    }
  | { readonly errors: readonly FieldError[] };

async function targetOf(
  body: { runtime?: string | undefined; profile?: string | undefined },
  deps: FunctionDeps,
): Promise<Target> {
  const { profiles } = await deps.configuration();
  if (body.profile !== undefined) {
    if (profiles.some(({ name }) => name === body.profile)) {
      return {
        orchestration: ORCHESTRATIONS.profileRun,
        input: { profile: body.profile } as Pick<ProfileRunInput, 'profile'>,
      };
    }
    const names = profiles.map(({ name }) => name).join(', ');
    return { errors: [{ pointer: '/profile', detail: `There is no such profile. There are: ${names}.` }] };
  }
  const runtime = parseRuntimeId(body.runtime ?? '');
  if (!runtime) {
    const shape =
      '/subscriptions/…/resourceGroups/…/providers/Microsoft.DataFactory/factories/…/integrationRuntimes/…';
    return {
      errors: [
        { pointer: '/runtime', detail: `It is not the resource id of an integration runtime: ${shape}.` },
      ],
    };
  }
  if (matchProfiles(profiles, runtime).kind === 'none') {
    const detail = `No profile matches ${displayRuntime(runtime)}. Add its names to the runtimes of a profile.`;
    return { errors: [{ pointer: '/runtime', detail }] };
  }
  return { orchestration: ORCHESTRATIONS.runtimeRun, input: { runtime } as Pick<RuntimeRunInput, 'runtime'> };
}

function started(id: string, status: string, headers: Record<string, string> = {}): HttpResponseInit {
  const statusUrl = `/api/runs/${id}`;
  return json(
    202,
    { id, status, statusUrl },
    { location: statusUrl, 'retry-after': RETRY_AFTER_SECONDS, ...headers },
  );
}
