/**
 * Managed Airflow's web servers, one for each runtime under its own host name: the REST API of Airflow 2 or 3 by the
 * runtime's version, DAG runs that do what a worker with the running processes' environment would do, and the ways
 * in which such a web server fails.
 */

import { z } from 'zod';
import { CHECK_DAG_ID } from '../../../src/domain/proof/checkAnswer.js';
import { caseless } from '../../../src/domain/values/sameId.js';
import type { Kernel, Service, ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import type { Directory, RunningAirflow, RunningAirflows, VaultReader } from '../types.js';
import { atLeast } from './backend.js';
import { logIn, tokenAnswer } from './login.js';
import { operate } from './operations.js';
import { inFront, movedHint, notFoundPage, signInPage, unavailable } from './pages.js';
import { handOn } from './realWebServer.js';
import { type Route, routeOf } from './routes.js';
import { createRuns, isUp } from './runs.js';
import {
  AIRFLOW_PATCH,
  type AirflowPatch,
  newDag,
  newRuntimeState,
  patched,
  RUNTIME_STATE,
  type RuntimeState,
} from './state.js';
import { createV1 } from './v1.js';
import { createV2 } from './v2.js';
import type { Instance, RestApi } from './views.js';

const HOSTS = [
  '*.airflow.svc.datafactory.azure.com',
  '*.airflow.svc.datafactory.azure.us',
  '*.airflow.svc.datafactory.azure.cn',
];

const STATE = z.record(z.string(), RUNTIME_STATE);

export interface AirflowPeers {
  readonly directory: Directory;
  readonly vaults: VaultReader;
  readonly airflows: RunningAirflows;
  /** Whether a principal may use the Airflow of a runtime; where Entra integration is on, a role decides. */
  readonly isAuthorized: (clientId: string, resourceId: string) => boolean;
}

export interface Airflow extends Service {
  /**
   * Sets how the Airflow of a runtime behaves: its API, DAGs and metastore. The runtime need not exist yet; its
   * resource id is compared without case. Throws a ZodError where a setting is unknown.
   */
  configure(resourceId: string, patch: AirflowPatch): void;
  /** All that `configure` can set, as it is now, and the runs. For the control API. */
  inspect(resourceId: string): RuntimeState;
  /** A DAG folder was imported: the check DAG is there from now on. */
  dagsArrived(resourceId: string): void;
}

export function createAirflow(kernel: Kernel, peers: AirflowPeers): Airflow {
  const { clock, faults } = kernel;
  const states = new Map<string, RuntimeState>();
  const keyOf = caseless;

  const stateOf = (resourceId: string): RuntimeState => {
    const known = states.get(keyOf(resourceId));
    if (known) return known;
    const fresh = newRuntimeState();
    states.set(keyOf(resourceId), fresh);
    return fresh;
  };
  const runs = createRuns(kernel, { ...peers, stateOf });

  /** The state behind a web server. A runtime that was made anew has an empty metastore. */
  const stateBehind = (airflow: RunningAirflow): RuntimeState => {
    const state = stateOf(airflow.resourceId);
    if (state.host !== airflow.host) {
      if (state.host !== null) Object.assign(state, { runs: [], variables: {} });
      state.host = airflow.host;
      kernel.changed();
    }
    runs.wake(airflow.resourceId);
    return state;
  };

  const apiOf = ({ airflowVersion, startedAt, lastBeatBefore = null }: RunningAirflow): RestApi => {
    const instance: Instance = { airflowVersion, startedAt, lastBeatBefore, now: clock.now() };
    return atLeast(airflowVersion, 3, 0) ? createV2(instance) : createV1(instance);
  };

  const answer = async (request: ServiceRequest): Promise<ServiceResponse> => {
    const airflow = peers.airflows.byHost(request.host);
    if (airflow === undefined) return { status: 502, body: `${request.host} does not resolve.` };
    const state = stateBehind(airflow);
    const before = inFront(state.api, request.host);
    if (before) return before;
    if (state.answeredBy !== null) {
      return airflow.up ? handOn(state.answeredBy, request) : unavailable();
    }
    if (!isUp(airflow)) return unavailable();

    const route = routeOf(request);
    const newer = atLeast(airflow.airflowVersion, 3, 0);
    const api = apiOf(airflow);
    if (state.api === '401') return api.refuse({ kind: 'unauthenticated' });
    if (state.api === '403') return api.refuse({ kind: 'forbidden' });
    const moved = newer ? movedHint(request.url.pathname) : undefined;
    if (moved) return moved;
    if (route.api === 'v2' && !newer) return notFoundPage();
    if (route.operation === 'health') return api.health();
    if (route.api === 'page') return page(request, route, airflow);
    if (route.operation === 'unknown') return api.refuse({ kind: 'noRoute' });
    if (route.operation === 'wrongMethod') return api.refuse({ kind: 'wrongMethod' });
    const login = logIn(request, airflow, peers);
    if (login.kind !== 'user') return api.refuse({ kind: login.kind });
    return operate({
      kernel,
      airflow,
      state,
      runs,
      route,
      request,
      user: login.user,
      api,
    });
  };

  return {
    name: 'airflow',
    hosts: HOSTS,

    describe(request) {
      const airflow = peers.airflows.byHost(request.host);
      const route = routeOf(request);
      const login = airflow === undefined ? undefined : logIn(request, airflow, peers);
      const { dagId, runId } = route;
      const dag = dagId === '' ? '' : `/dags/${dagId}`;
      return {
        operation: route.operation,
        ...(login?.kind === 'user' ? { caller: login.user } : {}),
        subject: `${airflow?.resourceId ?? request.host}${dag}${runId === '' ? '' : `/dagRuns/${runId}`}`,
      };
    },

    handle: answer,

    configure(resourceId, patch) {
      const set = AIRFLOW_PATCH.parse(patch);
      const state = patched(stateOf(resourceId), set);
      states.set(keyOf(resourceId), state);
      if (set.api !== undefined) hangUp(resourceId, set.api === 'nothing');
      runs.wake(resourceId);
      kernel.changed();
    },
    inspect: (resourceId) => structuredClone(stateOf(resourceId)),
    dagsArrived(resourceId) {
      const state = stateOf(resourceId);
      const dag = state.dags[CHECK_DAG_ID] ?? newDag(CHECK_DAG_ID);
      state.dags[CHECK_DAG_ID] = { ...dag, missing: false };
      runs.wake(resourceId);
      kernel.changed();
    },

    snapshot: () => structuredClone(Object.fromEntries(states)),
    restore(saved) {
      states.clear();
      for (const [key, state] of Object.entries(STATE.parse(saved))) states.set(key, state);
      runs.restore([...states.keys()]);
    },
  };

  /** A web server that hangs up is a fault of the connection: no answer of a service can be one. */
  function hangUp(resourceId: string, on: boolean): void {
    const id = `airflow.nothing:${keyOf(resourceId)}`;
    faults.remove(id);
    if (!on) return;
    const subject = peers.airflows.byResourceId(resourceId)?.resourceId ?? resourceId;
    faults.add({ id, match: { service: 'airflow', subject }, action: { kind: 'drop' } });
  }
}

function page(request: ServiceRequest, route: Route, airflow: RunningAirflow): ServiceResponse {
  if (route.operation === 'auth.token' && atLeast(airflow.airflowVersion, 3, 0))
    return tokenAnswer(request, airflow);
  return route.operation === 'page' ? signInPage() : notFoundPage();
}
