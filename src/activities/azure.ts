import type { TokenCredential } from '@azure/core-auth';
import type { AirflowApi, AirflowTarget } from '../azure/airflow/api.js';
import { AirflowRestApi } from '../azure/airflow/restApi.js';
import { Entra } from '../azure/entra.js';
import { EventTopicPublisher } from '../azure/eventTopic.js';
import { Graph } from '../azure/graph.js';
import { appIdentity } from '../azure/identity.js';
import { Vaults } from '../azure/keyVault.js';
import { OwnAccess } from '../azure/ownAccess.js';
import { CLOUDS } from '../domain/configuration/clouds.js';
import type { CloudName, EventTopic } from '../domain/configuration/profile.js';
import { AllRuntimes } from '../runtimes/allRuntimes.js';
import type { RuntimeKinds } from '../runtimes/kind.js';
import type { AirflowRuntimes } from '../runtimes/port.js';

/** Everything outside that activities talk to. */
export interface Azure {
  readonly runtimes: AirflowRuntimes;
  readonly vaults: Vaults;
  readonly entra: Entra;
  readonly graph: Graph;
  readonly ownAccess: OwnAccess;
  airflow(target: AirflowTarget): AirflowApi;
  topic(topic: EventTopic): EventTopicPublisher;
}

/**
 * Connects to one Azure cloud with the app's managed identity, or with another. Makes no call: SDKs load and tokens are
 * asked for when something needs them.
 *
 * @param identityClientId client id of a user-assigned identity; absent: the system-assigned one
 * @param airflowIdentityClientId client id of the one that signs in to Airflow's web servers; absent: the same
 */
export function createAzure(options: {
  readonly cloud: CloudName;
  readonly kinds: RuntimeKinds;
  readonly identityClientId?: string;
  readonly airflowIdentityClientId?: string;
  /** Another identity than the app's own. */
  readonly identity?: () => Promise<TokenCredential>;
}): Azure {
  const cloud = CLOUDS[options.cloud];
  const identity = options.identity ?? appIdentity(options.identityClientId);
  const toAirflow = options.airflowIdentityClientId ? appIdentity(options.airflowIdentityClientId) : identity;
  return {
    runtimes: new AllRuntimes(options.kinds, { cloud, identity }),
    vaults: new Vaults(identity),
    entra: new Entra(cloud),
    graph: new Graph(cloud, identity),
    ownAccess: new OwnAccess(cloud, identity),
    topic: (topic) => new EventTopicPublisher(topic, identity),
    airflow: (target) => new AirflowRestApi(target, toAirflow),
  };
}
